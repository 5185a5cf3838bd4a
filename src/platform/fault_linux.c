/*
 * platform/fault_linux.c: SIGSEGV and SIGBUS. The contract is fault.h.
 *
 * The handler runs on a stack of its own, with the signals blocked that do not come from a fault,
 * and may be entered again by a fault inside it. Takes no lock.
 */
#define _GNU_SOURCE
#include "platform/fault.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "base/compiler.h"
#include "platform/fault_stack.h"
#include "platform/fault_turn.h"

static const int numbers[] = { SIGSEGV, SIGBUS };

static struct sigaction earlier[2]; /* of `numbers`: written before our handler can run */

/*
 * What the processor tells: where, and how. Each gives NULL and unknown where it does not.
 */
#if defined(__x86_64__) || defined(__i386__)

#if defined(__x86_64__)
#define CODE_REGISTER  REG_RIP
#define STACK_REGISTER REG_RSP
#define FRAME_REGISTER REG_RBP
#else
#define CODE_REGISTER  REG_EIP
#define STACK_REGISTER REG_ESP
#define FRAME_REGISTER REG_EBP
#endif
#define PAGE_FAULT 14

static const void *code_of(const ucontext_t *context)
{
    return (const void *)(uintptr_t)context->uc_mcontext.gregs[CODE_REGISTER];
}

static void read_registers(const ucontext_t *context, struct tmi_fault *fault)
{
    fault->stack = (uintptr_t)context->uc_mcontext.gregs[STACK_REGISTER];
    fault->frame = (uintptr_t)context->uc_mcontext.gregs[FRAME_REGISTER];
}

static enum tmi_access access_of(const ucontext_t *context)
{
    unsigned long error = (unsigned long)context->uc_mcontext.gregs[REG_ERR];

    if (context->uc_mcontext.gregs[REG_TRAPNO] != PAGE_FAULT)
        return TMI_ACCESS_UNKNOWN;
    if ((error & 16) != 0)
        return TMI_ACCESS_EXECUTE;
    return (error & 2) != 0 ? TMI_ACCESS_WRITE : TMI_ACCESS_READ;
}

#elif defined(__aarch64__)

#define SYNDROME_MAGIC 0x45535201u

static const void *code_of(const ucontext_t *context)
{
    return (const void *)(uintptr_t)context->uc_mcontext.pc;
}

static void read_registers(const ucontext_t *context, struct tmi_fault *fault)
{
    fault->stack = (uintptr_t)context->uc_mcontext.sp;
    fault->frame = (uintptr_t)context->uc_mcontext.regs[29];
    fault->link = (uintptr_t)context->uc_mcontext.regs[30];
}

/* The syndrome is one of the records that follow the registers; 0 if the kernel gives none. */
static uint64_t syndrome_of(const ucontext_t *context)
{
    const unsigned char *next = context->uc_mcontext.__reserved;
    const unsigned char *end = next + sizeof context->uc_mcontext.__reserved;
    uint64_t syndrome = 0;

    while (end - next >= 16 && syndrome == 0) {
        uint32_t head[2]; /* magic, size */

        memcpy(head, next, sizeof head);
        if (head[0] == 0 || head[1] < sizeof head)
            break;
        if (head[0] == SYNDROME_MAGIC)
            memcpy(&syndrome, next + sizeof head, sizeof syndrome);
        next += head[1];
    }
    return syndrome;
}

static enum tmi_access access_of(const ucontext_t *context)
{
    uint64_t syndrome = syndrome_of(context);
    unsigned class = (unsigned)(syndrome >> 26 & 63);

    if (class == 0x20 || class == 0x21)
        return TMI_ACCESS_EXECUTE;
    if (class == 0x24 || class == 0x25)
        return (syndrome >> 6 & 1) != 0 ? TMI_ACCESS_WRITE : TMI_ACCESS_READ;
    return TMI_ACCESS_UNKNOWN;
}

#elif defined(__s390x__)

#define WITHIN_BYTES 4096 /* the lower bits of the address are not kept */

static const void *code_of(const ucontext_t *context)
{
    return (const void *)context->uc_mcontext.psw.addr;
}

static void read_registers(const ucontext_t *context, struct tmi_fault *fault)
{
    fault->stack = (uintptr_t)context->uc_mcontext.gregs[15];
    fault->link = (uintptr_t)context->uc_mcontext.gregs[14];
}

static enum tmi_access access_of(const ucontext_t *context)
{
    (void)context;
    return TMI_ACCESS_UNKNOWN;
}

#elif defined(__arm__)

#define WRITES 0x800u /* in the status of a data abort */

static const void *code_of(const ucontext_t *context)
{
    return (const void *)context->uc_mcontext.arm_pc;
}

static void read_registers(const ucontext_t *context, struct tmi_fault *fault)
{
    fault->stack = context->uc_mcontext.arm_sp;
    fault->link = context->uc_mcontext.arm_lr;
}

/* Of an instruction that cannot be fetched the address is the fault's; its status is another. */
static enum tmi_access access_of(const ucontext_t *context)
{
    if (context->uc_mcontext.fault_address == context->uc_mcontext.arm_pc)
        return TMI_ACCESS_EXECUTE;
    if (context->uc_mcontext.error_code == 0)
        return TMI_ACCESS_UNKNOWN;
    return (context->uc_mcontext.error_code & WRITES) != 0 ? TMI_ACCESS_WRITE : TMI_ACCESS_READ;
}

#elif defined(__riscv)

static const void *code_of(const ucontext_t *context)
{
    return (const void *)context->uc_mcontext.__gregs[REG_PC];
}

static void read_registers(const ucontext_t *context, struct tmi_fault *fault)
{
    fault->stack = context->uc_mcontext.__gregs[REG_SP];
    fault->link = context->uc_mcontext.__gregs[REG_RA];
}

static enum tmi_access access_of(const ucontext_t *context)
{
    (void)context;
    return TMI_ACCESS_UNKNOWN;
}

#elif defined(__mips__)

static const void *code_of(const ucontext_t *context)
{
    return (const void *)(uintptr_t)context->uc_mcontext.pc;
}

static void read_registers(const ucontext_t *context, struct tmi_fault *fault)
{
    fault->stack = (uintptr_t)context->uc_mcontext.gregs[29];
    fault->link = (uintptr_t)context->uc_mcontext.gregs[31];
}

static enum tmi_access access_of(const ucontext_t *context)
{
    (void)context;
    return TMI_ACCESS_UNKNOWN;
}

#else

static const void *code_of(const ucontext_t *context)
{
    (void)context;
    return NULL;
}

static void read_registers(const ucontext_t *context, struct tmi_fault *fault)
{
    (void)context;
    (void)fault;
}

static enum tmi_access access_of(const ucontext_t *context)
{
    (void)context;
    return TMI_ACCESS_UNKNOWN;
}

#endif

#ifndef WITHIN_BYTES
#define WITHIN_BYTES 1
#endif

static struct tmi_fault fault_of(const siginfo_t *info, ucontext_t *context)
{
    bool known = info->si_code != SI_KERNEL; /* an address that cannot be is not told */
    struct tmi_fault fault = {
        .address = known ? info->si_addr : NULL,
        .address_known = known,
        .within_bytes = WITHIN_BYTES,
        .access = access_of(context),
        .code = code_of(context),
    };

    read_registers(context, &fault);
    return fault;
}

/* The default action: once more, without us. What a process sent comes by itself no second time. */
static void die(int number, const siginfo_t *info)
{
    struct sigaction action = { .sa_handler = SIG_DFL };

    (void)sigaction(number, &action, NULL);
    if (info->si_code <= 0)
        (void)syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), number);
}

static void pass_on(int number, siginfo_t *info, ucontext_t *context)
{
    struct sigaction *theirs = &earlier[number == numbers[1]];
    struct sigaction action = *theirs;
    sigset_t mask;

    if (action.sa_handler == SIG_IGN && info->si_code <= 0)
        return;
    if (action.sa_handler == SIG_DFL || action.sa_handler == SIG_IGN) {
        die(number, info);
        return;
    }
    if ((action.sa_flags & SA_RESETHAND) != 0)
        theirs->sa_handler = SIG_DFL;
    (void)sigorset(&mask, &context->uc_sigmask, &action.sa_mask);
    if ((action.sa_flags & SA_NODEFER) == 0)
        (void)sigaddset(&mask, number);
    (void)pthread_sigmask(SIG_SETMASK, &mask, NULL);
    if ((action.sa_flags & SA_SIGINFO) != 0)
        action.sa_sigaction(number, info, context);
    else
        action.sa_handler(number);
}

/* What fn is asked about, and answers. */
struct question {
    struct tmi_fault fault;
    enum tmi_fault_answer answer;
    struct tmi_fault_stack stack;
};

static void put_question(void *argument)
{
    struct question *question = argument;

    question->answer = tmi_fault_turn_catcher()->ask(&question->fault);
}

/*
 * A fault within it comes back here: then the first one goes on, as if nothing had been asked. Not
 * within ask, whose locals may be kept in registers, where such a jump could find them changed.
 */
static TMI_NOINLINE void ask_with_way_out(struct question *question, sigjmp_buf *way_out)
{
    if (sigsetjmp(*way_out, 0) == 0) {
        tmi_fault_stack_call(&question->stack, tmi_fault_turn_catcher()->stack(),
                             TMI_FAULT_STACK_BYTES, put_question, question);
    } else {
        question->answer = TMI_FAULT_PASS_ON;
        tmi_fault_turn_catcher()->give_up();
    }
}

/*
 * A signal stack that was too small, and could not be changed, begins anew: the frames of the first
 * fault, the way out among them, are overwritten by the second's, which goes on in its place.
 */
static bool is_overwritten(const void *first, const void *second)
{
    stack_t now;

    return sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_ONSTACK) != 0 &&
           (uintptr_t)first - (uintptr_t)now.ss_sp < now.ss_size &&
           (uintptr_t)second >= (uintptr_t)first;
}

static void break_off(const void *way_out)
{
    void *first = tmi_fault_turn_break_off();

    if (!is_overwritten(first, way_out))
        siglongjmp(*(sigjmp_buf *)first, 1);
    tmi_fault_turn_catcher()->give_up();
    tmi_fault_turn_abandon();
}

static void ask(struct question *question)
{
    sigjmp_buf way_out;
    int place = tmi_fault_turn_enter(&way_out);

    if (place == TMI_FAULT_IN_IT_ALREADY)
        break_off(&way_out);
    if (place < 0)
        return;
    ask_with_way_out(question, &way_out);
    tmi_fault_stack_leave(&question->stack);
    tmi_fault_turn_leave(place);
}

static void on_fault(int number, siginfo_t *info, void *context)
{
    int saved_errno = errno;
    struct question question = { .answer = TMI_FAULT_PASS_ON };

    if (info->si_code > 0) {
        question.fault = fault_of(info, context);
        ask(&question);
    }
    if (question.answer == TMI_FAULT_PASS_ON)
        pass_on(number, info, context);
    errno = saved_errno;
}

static void catch (int number, struct sigaction *before)
{
    static const int of_faults[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT };
    struct sigaction action = { .sa_sigaction = on_fault };
    struct sigaction now;

    if (sigaction(number, NULL, &now) != 0 ||
        ((now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == on_fault))
        return;
    *before = now;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
    (void)sigfillset(&action.sa_mask);
    for (size_t i = 0; i < sizeof of_faults / sizeof of_faults[0]; ++i)
        (void)sigdelset(&action.sa_mask, of_faults[i]);
    (void)sigaction(number, &action, NULL);
}

bool tmi_fault_catch(const struct tmi_fault_catcher *catcher)
{
    tmi_fault_turn_set(catcher);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; ++i)
        catch (numbers[i], &earlier[i]);
    return true;
}

void tmi_fault_release(void)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; ++i) {
        struct sigaction now;

        if (sigaction(numbers[i], NULL, &now) == 0 && (now.sa_flags & SA_SIGINFO) != 0 &&
            now.sa_sigaction == on_fault)
            (void)sigaction(numbers[i], &earlier[i], NULL);
    }
}

/* The linker's names for the bounds of a section. */
extern const char __start_tmi_looks[] __attribute__((__visibility__("hidden"), __weak__));
extern const char __stop_tmi_looks[] __attribute__((__visibility__("hidden"), __weak__));

bool tmi_fault_is_look(const void *code, tmi_code_fn *const *looks, size_t count)
{
    (void)looks;
    (void)count;
    return (uintptr_t)code >= (uintptr_t)__start_tmi_looks &&
           (uintptr_t)code < (uintptr_t)__stop_tmi_looks;
}

void tmi_fault_thread_begin(void *stack, size_t size)
{
    stack_t now;
    stack_t ours = { .ss_sp = stack, .ss_size = size };

    if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE) != 0)
        (void)sigaltstack(&ours, NULL);
}

void tmi_fault_thread_end(void *stack)
{
    stack_t now;
    stack_t none = { .ss_flags = SS_DISABLE };

    if (sigaltstack(NULL, &now) == 0 && now.ss_sp == stack)
        (void)sigaltstack(&none, NULL);
}
