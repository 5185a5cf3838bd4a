/*
 * firmware/accounting.h: gathers the frames of one accounting, and has it written.
 */
#ifndef TMT_FIRMWARE_ACCOUNTING_H
#define TMT_FIRMWARE_ACCOUNTING_H

#include "reader/frames.h"
#include "report/report.h"

/* Between BEGIN and END. */
bool tmt_accounting_is_open(void);
void tmt_accounting_begin(void);
/* A frame of one of its types, which is read. False: no memory for it; it has complained. */
bool tmt_accounting_take(struct tmt_frame *frame);
/* END, or (frame NULL) the end of the stream, which cut it off: frames are missing, then. False: it
 * could not be written; it has complained. */
bool tmt_accounting_end(struct tmt_frame *frame, int fd, enum trackmem_format format,
                        bool *is_whole);
void tmt_accounting_finish(void);

/*
 * A domain by its path, "" for the process, for what does not come by number. Lives until the next
 * call.
 */
struct trackmem_domain *tmt_domain_by_path(char *path);

#endif
