/*
 * Start-up of the Cortex-M4 test programs in QEMU: vectors, memory, FPU, semihosting, main.
 *
 * A fault ends the run with an exit code of its own, so that the tests see which one it was.
 * Nothing here is part of the library.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

enum { FAULT_NMI = 70, FAULT_HARD, FAULT_MEMORY, FAULT_BUS, FAULT_USAGE, FAULT_OTHER };

extern uint32_t stack_top[], data_start[], data_end[], data_load[], bss_start[], bss_end[];
extern int main(void);
extern void initialise_monitor_handles(void);
extern void __libc_init_array(void);
extern void __libc_fini_array(void);
void reset_handler(void);
/* Weak: a program may have its own. */
void startup_on_memory_fault(void);
void startup_on_tick(void);
void startup_ticks(bool on);
void _init(void);
void _fini(void);

/* newlib's init array code calls these two; crti.o, which has them, is not linked. */
void _init(void)
{
}

void _fini(void)
{
}

static void leave(uint32_t code)
{
    /* SYS_EXIT_EXTENDED: {ADP_Stopped_ApplicationExit, exit code}. */
    uint32_t block[2] = { 0x20026, code };
    register uint32_t operation __asm__("r0") = 0x20;
    register uint32_t *argument __asm__("r1") = block;
    __asm__ volatile("bkpt 0xab" : "+r"(operation) : "r"(argument) : "memory");
    for (;;) {
    }
}

static void on_nmi(void)
{
    leave(FAULT_NMI);
}

static void on_hard_fault(void)
{
    leave(FAULT_HARD);
}

__attribute__((__weak__)) void startup_on_memory_fault(void)
{
    leave(FAULT_MEMORY);
}

static void on_bus_fault(void)
{
    leave(FAULT_BUS);
}

static void on_usage_fault(void)
{
    leave(FAULT_USAGE);
}

static void on_other(void)
{
    leave(FAULT_OTHER);
}

__attribute__((__weak__)) void startup_on_tick(void)
{
    leave(FAULT_OTHER);
}

/* A tick so often that it comes within most calls. */
void startup_ticks(bool on)
{
    volatile uint32_t *const systick = (volatile uint32_t *)0xE000E010u;

    systick[1] = 60;
    systick[2] = 0;
    systick[0] = on ? 7 : 0;
}

__attribute__((section(".vectors"), used)) static const uintptr_t vectors[16] = {
    [0] = (uintptr_t)stack_top,
    [1] = (uintptr_t)reset_handler,
    [2] = (uintptr_t)on_nmi,
    [3] = (uintptr_t)on_hard_fault,
    [4] = (uintptr_t)startup_on_memory_fault,
    [5] = (uintptr_t)on_bus_fault,
    [6] = (uintptr_t)on_usage_fault,
    [11] = (uintptr_t)on_other,
    [12] = (uintptr_t)on_other,
    [14] = (uintptr_t)on_other,
    [15] = (uintptr_t)startup_on_tick
};

void reset_handler(void)
{
    volatile uint32_t *const fpu_access = (volatile uint32_t *)0xE000ED88u;
    volatile uint32_t *const fault_enable = (volatile uint32_t *)0xE000ED24u;
    const uint32_t *load = data_load;
    for (uint32_t *to = data_start; to < data_end; to++)
        *to = *load++;
    for (uint32_t *to = bss_start; to < bss_end; to++)
        *to = 0;
    *fpu_access |= 0xFu << 20;
    *fault_enable |= 7u << 16;
    __asm__ volatile("dsb; isb");
    initialise_monitor_handles();
    __libc_init_array();
    atexit(__libc_fini_array); /* else destructors, and with them the report at exit, never run */
    exit(main());
}
