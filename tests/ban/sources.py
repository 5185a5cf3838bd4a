"""What the cases of cases.py compile: pieces of C and C++, and headers that they include."""
EARLY_H = '''
/* A header of the project's, included before the ban. */
#define EARLY_MACRO(size) malloc(size)
static inline void *early_inline(void) { return malloc(1); }
struct early_pool { void *(*malloc)(struct early_pool *, int); void (*free)(void *); };
#ifdef __cplusplus
template <class T> void *early_template(T size) { return malloc(size); }
#endif
'''
# A header of somebody else's that allocates inline, found by -I or by -isystem.
INLINE_H = 'static inline void *others_inline(void) { return malloc(1); }\n'
SYSTEM_H = '#define SYSTEM_MACRO(size) malloc(size)\n'

INCLUDES = '''
#ifdef __cplusplus
#include <cstdlib>
#include <functional>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <vector>
#endif
#include <stdlib.h>
#include <string.h>
#include <stdio.h>
#include <stdarg.h>
#include <wchar.h>
#if defined(__linux__) || defined(_WIN32)
#include <malloc.h>
#endif
#include "early.h"
'''

OTHER_WAYS = '''
typedef void (*destroy_fn)(void *);
struct object { destroy_fn destroy; };
struct object with_destroy = { free }; // BANNED trackmem_free
void register_destroy(destroy_fn destroy);
void hands_it_over(void) { register_destroy(free); } // BANNED trackmem_free
void *by_macro(void) { return EARLY_MACRO(1); } // BANNED trackmem_malloc
void *in_brackets(void) { return (malloc)(1); } // BANNED trackmem_malloc
'''
OTHER_WAYS_IN_CXX = '''
void by_using(void *p) {
    using std::free;
    free(p); // BANNED trackmem_free
}
int *plain_new() { return new int; } // BANNED placement new
int *array_new() { return new int[5]; } // BANNED placement new
int *nothrow_new() { return new (std::nothrow) int; } // BANNED placement new
void array_delete(int *p) { delete[] p; } // BANNED trackmem_free
void *called_new() { return ::operator new(5); } // BANNED placement new
struct ended { ~ended(); int member; };
void ended_delete(ended *p) { delete[] p; } // BANNED trackmem_free
void called_delete(void *p) { ::operator delete[](p, std::nothrow); } // BANNED trackmem_free
struct alignas(64) aligned { int member; };
struct alignas(64) aligned_ended { ~aligned_ended(); int member; };
aligned *aligned_new() { return new aligned; } // BANNED placement new
aligned *aligned_array() { return new aligned[5]; } // BANNED placement new
aligned *aligned_nothrow() { return new (std::nothrow) aligned; } // BANNED placement new
aligned *aligned_both() { return new (std::nothrow) aligned[5]; } // BANNED placement new
void aligned_delete(aligned *p) { delete[] p; } // BANNED trackmem_free
void aligned_ended_delete(aligned_ended *p) { delete[] p; } // BANNED trackmem_free
'''
# With TRACKMEM_BAN_DELETE.
DELETE_ONE = '''
struct plain { int member; };
struct ended { ~ended(); int member; };
struct alignas(64) aligned { int member; };
struct has_virtual { virtual ~has_virtual(); };
struct with_its_own {
    virtual ~with_its_own() {}
    static void operator delete(void *) {}
};
void of_plain(plain *p) { delete p; } // BANNED trackmem_free
void of_ended(ended *p) { delete p; } // BANNED trackmem_free
void of_aligned(aligned *p) { delete p; } // BANNED trackmem_free
void of_its_own(with_its_own *p) { delete p; }
void called(void *p) { ::operator delete(p); } // BANNED trackmem_free
void called_nothrow(void *p) { ::operator delete(p, std::nothrow); } // BANNED trackmem_free
void of_library(std::unique_ptr<std::string> p) { p.reset(); }
void arrays(plain *p) { delete[] p; } // BANNED trackmem_free
has_virtual::~has_virtual() {} // BANNED trackmem_free
'''
# In C++ an unban.h region must find the functions as the system declared them: none throws.
AS_DECLARED = '''
static_assert(noexcept(free(nullptr)) && noexcept(valloc(1)) && noexcept(strdup("")), "");
static_assert(noexcept(reallocarray(nullptr, 1, 1)), "");
'''

# What the names of others, of one's own and of the language are used for.
INNOCENT_DECLARATIONS = '''
struct table { void *(*malloc)(size_t); void (*free)(void *); int strdup; };
struct node { struct node *free; unsigned realloc : 3; };
__attribute__((__malloc__)) void *marked_malloc(void);
'''
INNOCENT = '''
void *calls_members(struct table *t, struct early_pool *pool);
void *calls_members(struct table *t, struct early_pool *pool)
{
    t->free(pool->malloc(pool, 1));
    return t->malloc((size_t)(t->strdup + 1));
}
int has_locals(int free);
int has_locals(int free)
{
    int malloc = free + 1;
    { enum { calloc, strdup } choice = strdup; malloc += choice == calloc; }
    if (malloc > 3)
        goto realloc;
    malloc++;
realloc:
    return malloc;
}
void *calls_early(void);
void *calls_early(void) { return early_inline(); }
'''
INNOCENT_IN_CXX = '''
namespace mine { inline void free(void *) {} template <class T> T *malloc() { return nullptr; } }
enum class state { free, malloc, calloc };
class pool {
  public:
    virtual ~pool() {}
    void *malloc(size_t size) { return here + size; }
    void free(void *) {}
    static void realloc() {}
    static void *operator new(size_t, pool *at) { return at->here; }
    static void operator delete(void *, pool *) {}
    static void operator delete(void *) {}
    char here[64];
};
struct derived final : pool { ~derived() override { mine::free(this); } };
void uses_pool(pool *p) {
    derived local;
    local.free(p->malloc(5));
    pool::realloc();
    (void)(state::free == state::malloc);
    (void)mine::malloc<int>();
    pool *in_place = new (p) pool;
    delete in_place;
    int *number = ::new (static_cast<void *>(p->here)) int(5);
    (void)number;
}
struct plain_virtual { virtual ~plain_virtual() {} };
plain_virtual static_object;
std::string uses_library(std::vector<int> numbers) {
    auto owner = std::make_unique<std::string>("text");
    auto shared = std::make_shared<std::vector<int>>(numbers);
    std::function<int()> function = [shared, numbers] { return numbers[0]; };
    std::ostringstream out;
    out << *owner << function() << shared->size();
    return out.str();
}
'''
LATER_HEADERS = '''
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>
#include "system.h"
#ifdef __cplusplus
#include <cstdlib>
#include <cwchar>
#include <list>
#include <map>
#include <memory>
#include <regex>
#endif
'''
