/*
 * An array of numbers doubles as it fills.
 */
#include "../misuse.h"

int main(void)
{
    long *numbers = NULL;
    size_t room = 0;

    for (size_t i = 0; i < 10000; i++) {
        if (i == room) {
            room = room == 0 ? 1 : 2 * room;
            numbers = trackmem_reallocarray(numbers, room, sizeof *numbers);
        }
        numbers[i] = (long)i;
    }
    trackmem_free(numbers);
    return 0;
}
