/*
 * The port to a RISC-V hart in machine mode, on QEMU's machine virt: the critical section, which is
 * all that trackmem asks for; and for the tests a timer, and an end of the run where there is a
 * fault.
 */
#include <stdbool.h>
#include <stdint.h>
#include <unistd.h>

#include <trackmem/small.h>

enum { FAULT = 71 };

/* gcc's multilibs do not know the extension, so that only the assembler is told. */
#define CSR ".option arch, +zicsr\n\t"

#define INTERRUPTS_ON    8u   /* in mstatus */
#define TIMER_ON         128u /* in mie */
#define IS_TIMER         0x80000007u
#define TIMER_TICKS      40u /* of its 10 MHz */
#define TIMER            ((volatile uint32_t *)0x0200BFF8u)
#define TIMER_COMPARATOR ((volatile uint32_t *)0x02004000u)

/* Weak: a program may have its own. */
void startup_on_tick(void);
void startup_ticks(bool on);

uintptr_t trackmem_critical_enter(void)
{
    uintptr_t status;

    __asm__ volatile(CSR "csrrci %0, mstatus, 8" : "=r"(status) : : "memory");
    return status & INTERRUPTS_ON;
}

void trackmem_critical_leave(uintptr_t state)
{
    __asm__ volatile(CSR "csrs mstatus, %0" : : "r"(state) : "memory");
}

__attribute__((__weak__)) void startup_on_tick(void)
{
    _exit(FAULT);
}

/* The upper half is 0 for the first seven minutes. */
static void set_timer(void)
{
    TIMER_COMPARATOR[0] = TIMER[0] + TIMER_TICKS;
    TIMER_COMPARATOR[1] = 0;
}

__attribute__((interrupt, aligned(4))) static void on_trap(void)
{
    uint32_t cause;

    __asm__ volatile(CSR "csrr %0, mcause" : "=r"(cause));
    if (cause != IS_TIMER)
        _exit(FAULT);
    startup_on_tick();
    set_timer();
}

void startup_ticks(bool on)
{
    if (!on) {
        __asm__ volatile(CSR "csrc mie, %0" : : "r"(TIMER_ON) : "memory");
        return;
    }
    set_timer();
    __asm__ volatile(CSR "csrs mie, %0" : : "r"(TIMER_ON) : "memory");
    __asm__ volatile(CSR "csrs mstatus, %0" : : "r"(INTERRUPTS_ON) : "memory");
}

__attribute__((__constructor__)) static void catch_traps(void)
{
    __asm__ volatile(CSR "csrw mtvec, %0" : : "r"(on_trap));
}
