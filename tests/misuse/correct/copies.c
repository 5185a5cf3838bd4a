/*
 * Copies and strings as checked.h has them: to the last byte of each block, and of other memory;
 * each gives what the C library's own gives. Names without a call stay what they are.
 */
#include "../misuse.h"

#include <stdlib.h>

#include <trackmem/checked.h>

#define SAME(call) ((call) ? (void)0 : abort())

struct functions {
    void *(*memcpy)(void *, const void *, size_t);
    size_t strlen;
};

static void *apply(struct functions *functions, void *to, const void *from, size_t size)
{
    return (functions->memcpy)(to, from, size);
}

static void use_bytes(char *block, char *other, size_t size)
{
    SAME(memset(block, 'x', size) == block);
    SAME(memcpy(other, block, size) == other);
    SAME(memmove(other + 1, other, size - 1) == other + 1);
    SAME(memmove(other, other + 1, size - 1) == other);
    SAME(memcmp(block, other, size) == 0);
    SAME(memchr(block, 'y', size) == NULL);
    block[size - 1] = 'y';
    SAME(memchr(block, 'y', size + 100) == block + size - 1); /* it stops there */
    SAME(memccpy(other, block, 'y', size + 100) == other + size);
    SAME(memccpy(other, block, 'z', size) == NULL);
    SAME(memcpy(block, block, size) == block);
    SAME(memcpy(block + size, other, 0) == block + size);
}

static void use_strings(char *block, char *other, size_t size)
{
    memset(block, 'x', size);
    SAME(strnlen(block, size) == size);
    SAME(strncmp(block, "xxxxxxx and so on", 7) == 0);
    SAME(strcmp(block, "xxy") < 0);
    SAME(strcspn(block, "x") == 0);
    SAME(strchr(block, 'x') == block);
    SAME(strpbrk(block, "yx") == block);
    SAME(strncpy(other, block, size) == other);
    SAME(stpncpy(other, block, size) == other + size);
    block[size - 1] = 0;
    SAME(strlen(block) == size - 1);
    SAME(strlen(block + size - 1) == 0);
    SAME(strcpy(other, block) == other);
    SAME(stpcpy(other, block) == other + size - 1);
    SAME(strrchr(block, 'x') == block + size - 2);
    SAME(strstr(block, "xx") == block && strstr(block, "y") == NULL);
    SAME(strspn(block, "yx") == size - 1);
    other[size - 3] = 0;
    SAME(strcat(other, "ab") == other && other[size - 2] == 'b');
    other[size - 3] = 0;
    SAME(strncat(other, "abcd", 2) == other && other[size - 2] == 'b' && other[size - 1] == 0);
    SAME(strncmp(other, block, size - 3) == 0);
}

TRACKMEM_PRINTF_(3, 4)
static int print(char *to, size_t size, const char *format, ...)
{
    va_list arguments;
    int length;

    va_start(arguments, format);
    length = vsnprintf(to, size, format, arguments);
    va_end(arguments);
    return length;
}

static void use_print(char *block, size_t size)
{
    SAME(snprintf(block, size, "%0*d", (int)size, 7) == (int)size); /* cut */
    SAME(block[size - 1] == 0 && block[size - 2] == '0');
    SAME(snprintf(block, size + 100, "%0*d", (int)size - 1, 7) == (int)size - 1);
    SAME(sprintf(block, "%0*d", (int)size - 1, 8) == (int)size - 1 && block[size - 2] == '8');
    SAME(print(block, size, "%d%s", 12, "34") == 4 && block[3] == '4');
    SAME(snprintf(NULL, 0, "%d", 123) == 3);
}

static void use_wide(wchar_t *block, wchar_t *other, size_t size)
{
    SAME(wmemset(block, L'x', size) == block);
    SAME(wmemcpy(other, block, size) == other);
    SAME(wmemmove(other, other + 1, size - 1) == other);
    SAME(wmemcmp(block, other, size) == 0);
    SAME(wmemchr(block, L'y', size) == NULL);
    SAME(wcsncmp(block, L"xxx", 2) == 0 && wcschr(block, L'x') == block);
    block[size - 1] = 0;
    SAME(wcslen(block) == size - 1 && wcscpy(other, block) == other);
    SAME(wcsncpy(other, block, size) == other && wcscmp(other, block) == 0);
    SAME(wcsrchr(block, L'x') == block + size - 2 && wcsstr(block, L"xx") == block);
    SAME(wcsspn(block, L"x") == size - 1 && wcscspn(block, L"x") == 0);
    SAME(wcspbrk(block, L"x") == block);
    other[size - 3] = 0;
    SAME(wcscat(other, L"ab") == other);
    other[size - 3] = 0;
    SAME(wcsncat(other, L"abc", 2) == other);
}

static void use_all(void *block, void *other, size_t size)
{
    use_bytes(block, other, size);
    use_strings(block, other, size);
    use_print(block, size);
    use_wide(block, other, size / sizeof(wchar_t));
}

int main(void)
{
    static _Alignas(wchar_t) char elsewhere[256];
    struct functions functions = { memcpy, sizeof(char) };
    int strlen = 3; /* a variable of that name */

    for (size_t size = 32; size < 200; size += 8) {
        void *block = trackmem_malloc(size);
        void *other = trackmem_malloc(size);

        use_all(block, other, size);
        use_all(elsewhere, block, size);
        use_all(other, elsewhere, size);
        SAME(apply(&functions, block, other, size) == block);
        SAME((memcpy)(block, other, size) == block);
        trackmem_free(block);
        trackmem_free(other);
    }
    return (size_t)strlen != functions.strlen + 2;
}
