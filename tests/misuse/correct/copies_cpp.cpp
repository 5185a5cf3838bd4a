/*
 * The same in C++: names of std, const and not, methods whose names nobody calls, arguments with
 * commas.
 */
#include <cstdlib>
#include <cstring>
#include <cwchar>
#include <type_traits>
#include <utility>

#include <trackmem/trackmem.h>

#include <trackmem/checked.h>

template <typename T> T of(T value)
{
    return value;
}

static void same(bool it_is)
{
    if (!it_is)
        std::abort();
}

static void use(char *block, std::size_t size)
{
    const char *text = block;
    char other[256];

    std::memset(block, 'x', size);
    block[size - 1] = 0;
    same(std::strlen(text) == size - 1);
    same(::strlen(text) == size - 1);
    std::memcpy(other, text, of<std::size_t>(std::pair<std::size_t, int>(size, 0).first));
    same(std::memcmp(other, text, size) == 0);
    auto writable = std::strchr(block, 'x');
    auto found = std::strrchr(text, 'x');
    static_assert(std::is_same<decltype(writable), char *>::value, "as std has it");
    static_assert(std::is_same<decltype(found), const char *>::value, "as std has it");
    same(writable == block && found == text + size - 2);
    *static_cast<char *>(std::memchr(block, 'x', size)) = 'y';
    same(*text == 'y' && std::strstr(text, "yx") == text);
    same(std::snprintf(block, size, "%d", 12) == 2);
}

static void use_wide(wchar_t *block, std::size_t size)
{
    const wchar_t *text = block;

    std::wmemset(block, L'x', size);
    block[size - 1] = 0;
    same(std::wcslen(text) == size - 1);
    same(std::wcschr(text, L'x') == text);
    *std::wcschr(block, L'x') = L'y';
    same(std::wmemchr(text, L'y', size) == text);
}

int main()
{
    void *(*copy)(void *, const void *, std::size_t) = std::memcpy;
    void *block = trackmem_malloc(200);
    void *other = trackmem_malloc(200);

    use(static_cast<char *>(block), 200);
    use_wide(static_cast<wchar_t *>(block), 200 / sizeof(wchar_t));
    same(copy(other, block, 200) == other);
    trackmem_free(block);
    trackmem_free(other);
    return 0;
}
