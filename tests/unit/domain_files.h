/*
 * Translation units with default domains of their own, for domain_test.c.
 */
#ifndef TESTS_DOMAIN_FILES_H
#define TESTS_DOMAIN_FILES_H

#include <trackmem/domain.h>

TRACKMEM_DECLARE_DOMAIN(first_file_domain);
TRACKMEM_DECLARE_DOMAIN(second_file_domain);

void *first_file_malloc(size_t size);
void *first_file_malloc_in(struct trackmem_domain *domain, size_t size);
void *second_file_malloc(size_t size);
void *static_file_malloc(size_t size);

#endif
