/* What the audit must find, function by function: agree.py says what. Needs no header. */
typedef __SIZE_TYPE__ size_t;

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *ptr);
char *strdup(const char *string);
char *_strdup(const char *string);
void *trackmem_malloc(size_t size);
void trackmem_free(void *ptr);

void *twice(size_t size)
{
    void *first = malloc(size);

    free(first);
    return malloc(size + 1);
}

static char *__attribute__((__noinline__)) copy(const char *string)
{
    return strdup(string);
}

char *copies(const char *string)
{
    return _strdup(copy(string));
}

/* Data refers as well. */
void (*const releases[])(void *) = { free, trackmem_free };

/* An address takes two instructions on some CPUs; it is one reference. */
void (*taken(void))(void *)
{
    return free;
}

void *through(size_t size)
{
    return trackmem_malloc(size);
}

/* A member of that name is no reference. */
struct heap {
    void *(*calloc)(size_t count, size_t size);
};

void *member(const struct heap *heap)
{
    return heap->calloc(1, 2);
}
