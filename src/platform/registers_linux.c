/*
 * platform/registers_linux.c: see registers.h. Called in the helper process of threads_linux.c.
 */
#define _GNU_SOURCE
#include "platform/registers.h"

#include <elf.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <unistd.h>

/* What stands where differs from processor to processor; unknown ones give no stack pointer. */
static void name_registers(struct tmi_held_thread *thread)
{
#if defined(__x86_64__) || defined(__i386__) || defined(__aarch64__)
    struct user_regs_struct registers;

    memcpy(&registers, thread->words, sizeof registers);
#endif
#if defined(__x86_64__)
    thread->stack = registers.rsp;
    thread->pointer = registers.fs_base;
#elif defined(__i386__)
    thread->stack = (uintptr_t)registers.esp;
#elif defined(__aarch64__)
    thread->stack = registers.sp;
#elif defined(__s390x__)
    thread->stack = thread->words[2 + 15]; /* behind the two words of the PSW */
#else
    (void)thread;
#endif
}

void tmi_registers_read(struct tmi_held_thread *thread)
{
    struct iovec part = { thread->words, sizeof thread->words };

    thread->word_count = 0;
    if (syscall(SYS_ptrace, PTRACE_GETREGSET, (pid_t)thread->id, (void *)NT_PRSTATUS, &part) == 0) {
        thread->word_count = part.iov_len / sizeof thread->words[0];
        name_registers(thread);
    }
    part.iov_base = thread->words + thread->word_count;
    part.iov_len = sizeof thread->words - thread->word_count * sizeof thread->words[0];
    if (syscall(SYS_ptrace, PTRACE_GETREGSET, (pid_t)thread->id, (void *)NT_PRFPREG, &part) == 0)
        thread->word_count += part.iov_len / sizeof thread->words[0];
}
