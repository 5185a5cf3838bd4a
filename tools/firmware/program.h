/*
 * firmware/program.h: the program that sent a report: its names, and the places of its code.
 */
#ifndef TMT_FIRMWARE_PROGRAM_H
#define TMT_FIRMWARE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <trackmem/observe.h>

/* path NULL: nothing is known but addresses. False: it has complained. */
bool tmt_firmware_open(const char *path);
void tmt_firmware_close(void);
/* As it was opened. */
const char *tmt_firmware_path(void);
/* "firmware.elf"; "firmware" if there is no file. */
const char *tmt_firmware_name(void);

/*
 * Where it ran, as a report begins: the address of trackmem_small_anchor, and the build-id (size 0:
 * not told). False: another program sent that, or another build; nothing changes.
 */
bool tmt_firmware_ran_at(uint64_t anchor, const void *build_id, size_t size);

/* The place of a return address; 0 is a place that is not known. */
struct trackmem_place tmt_firmware_place(uint64_t address);
/* See struct tmi_report_subject. */
bool tmt_firmware_inlined_by(const struct trackmem_place *place, size_t level,
                             struct trackmem_place *call);
/* The name of what lies at an address of data, or NULL. */
const char *tmt_firmware_data(uint64_t address);

#endif
