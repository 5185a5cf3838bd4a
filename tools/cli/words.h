/*
 * cli/words.h: the nearest right word for a wrong one; the words of a choice.
 */
#ifndef TMT_CLI_WORDS_H
#define TMT_CLI_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Offer the right words one by one; `word` is then the nearest, or NULL if none is near. */
struct tmt_nearest {
    const char *wrong;
    size_t length;
    size_t distance; /* of word */
    const char *word;
    char copy[64];
};

void tmt_nearest_begin(struct tmt_nearest *nearest, const char *wrong, size_t length);
/* The word is copied. */
void tmt_nearest_offer(struct tmt_nearest *nearest, const char *word);

/* Takes the next of "a|b|c" off *rest, cut to fit; false: there is none left. */
bool tmt_next_choice(const char **rest, char *word, size_t size);

/* One string behind the other, cut to fit. */
void tmt_join(char *buffer, size_t size, const char *one, const char *other);

#endif
