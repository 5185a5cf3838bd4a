/*
 * Windows: the program's handlers of exceptions, one set before the first allocation and one after
 * it, get their own faults; then a fault of a block is named.
 */
#include "../misuse.h"

#include <windows.h>

static char *pages[2];

static LONG open_page(EXCEPTION_POINTERS *exception, char *page)
{
    const EXCEPTION_RECORD *record = exception->ExceptionRecord;
    DWORD before;

    if (record->ExceptionCode != EXCEPTION_ACCESS_VIOLATION ||
        record->ExceptionInformation[1] != (ULONG_PTR)page ||
        !VirtualProtect(page, 4096, PAGE_READWRITE, &before))
        return EXCEPTION_CONTINUE_SEARCH;
    return EXCEPTION_CONTINUE_EXECUTION;
}

static LONG CALLBACK early(EXCEPTION_POINTERS *exception)
{
    return open_page(exception, pages[0]);
}

static LONG CALLBACK late(EXCEPTION_POINTERS *exception)
{
    return open_page(exception, pages[1]);
}

int main(void)
{
    volatile char *block;

    for (int i = 0; i < 2; ++i)
        pages[i] = (char *)VirtualAlloc(NULL, 4096, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS);
    (void)AddVectoredExceptionHandler(1, early);
    block = (volatile char *)hidden(trackmem_malloc(96));
    (void)AddVectoredExceptionHandler(1, late);
    *(volatile char *)pages[0] = 1;
    *(volatile char *)pages[1] = 1;
    block[96] = 1;
    return 0;
}
