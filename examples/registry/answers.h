/*
 * answers.h: questions to the database, and their answers, kept until all are printed.
 */
#ifndef DEMO_ANSWERS_H
#define DEMO_ANSWERS_H

#include <stdbool.h>
#include <stddef.h>

#include "database.h"

struct answer {
    const char *title;
    char **labels;
    long long *figures;
    size_t count;
};

struct answers {
    struct answer *all;
    size_t count;
};

/* Asks all questions; false on failure (database_error says why, or memory is out). */
bool answers_ask(struct answers *answers, struct database *database);
/* Prints each as one line of at most 100 columns on standard output. */
void answers_print(const struct answers *answers);
void answers_finish(struct answers *answers);

#endif
