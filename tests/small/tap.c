/*
 * Firmware has no environment that could ask cmocka for TAP: this asks before main.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

__attribute__((__constructor__)) static void ask_for_tap(void)
{
    cmocka_set_message_output(CM_OUTPUT_TAP);
}
