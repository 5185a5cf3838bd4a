/*
 * platform/pages.h: address space by the page, for guard pages. One file per system.
 *
 * The conditions of platform.h hold. A reservation is address space that nothing else gets; of it
 * parts are prepared, then opened and closed.
 */
#ifndef TMI_PLATFORM_PAGES_H
#define TMI_PLATFORM_PAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The size of a page; 0: the system has none. */
size_t tmi_pages_size(void);

/*
 * Reserves address space, page aligned, all inaccessible, which a core does not hold but for what
 * was prepared. NULL when there is none.
 */
void *tmi_pages_reserve(size_t size);
void tmi_pages_release(void *pages, size_t size);

/*
 * Makes a part of a reservation one that pages can be opened in; they stay inaccessible. Costs
 * page tables, no memory. False: the system refuses.
 */
bool tmi_pages_prepare(void *pages, size_t size);

/*
 * Makes prepared pages readable and writable; they are zero. False: no memory, or near the limit
 * of the mappings that a process may have.
 */
bool tmi_pages_open(void *pages, size_t size);

/* Makes open pages inaccessible. What they held is lost, and their memory goes back. */
bool tmi_pages_close(void *pages, size_t size);

/*
 * Whether guards cost no mappings here (Linux 6.13 and later, Windows). Otherwise each block
 * behind guard pages takes two, and tmi_pages_open fails before all are used up.
 */
bool tmi_pages_guards_are_free(void);

/*
 * Reserves address space for tables that grow: a core holds only what was committed of it. commit
 * makes pages of it readable and writable, for good; they are zero.
 */
void *tmi_pages_reserve_table(size_t size);
bool tmi_pages_commit(void *pages, size_t size);

/*
 * Has memory put behind committed pages at once, where that costs less than a fault each. Only a
 * hint: whatever happens, the pages can be used.
 */
void tmi_pages_fetch(void *pages, size_t size);

/* Whether anything is mapped at an address, accessible or not. Async-signal-safe. */
bool tmi_pages_are_mapped(const void *address);

/* Pages of a heap: takes every access away and gives it back; contents stay. */
bool tmi_pages_protect(void *pages, size_t size);
bool tmi_pages_unprotect(void *pages, size_t size);

#endif
