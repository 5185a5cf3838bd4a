/*
 * cli/words.c: see words.h. Nothing here allocates.
 */
#include "cli/words.h"

#include <string.h>

#include "base/text.h"
#include "cli/command.h"

#define MOST_LETTERS 40 /* longer words are not compared */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Letters to insert, drop, change or swap with their neighbour (optimal string alignment). */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][MOST_LETTERS + 1];

    for (size_t j = 0; j <= b_length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *two_above = rows[(i + 1) % 3];

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t change = above[j - 1] + (a[i - 1] != b[j - 1]);

            row[j] = least(change, 1 + least(above[j], row[j - 1]));
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[a_length % 3][b_length];
}

void tmt_nearest_begin(struct tmt_nearest *nearest, const char *wrong, size_t length)
{
    nearest->wrong = wrong;
    nearest->length = length;
    nearest->word = NULL;
    /* What is further off is another word. */
    nearest->distance = 1 + (length + 2) / 3;
}

void tmt_nearest_offer(struct tmt_nearest *nearest, const char *word)
{
    size_t length = strlen(word);
    size_t found;

    if (length > MOST_LETTERS || nearest->length > MOST_LETTERS || nearest->length == 0)
        return;
    found = distance(nearest->wrong, nearest->length, word, length);
    /* The beginning of a right word is near it, however long the rest. */
    if (nearest->length >= 3 && strncmp(nearest->wrong, word, nearest->length) == 0)
        found = least(found, 1);
    if (found < nearest->distance) {
        nearest->distance = found;
        tmt_join(nearest->copy, sizeof(nearest->copy), word, "");
        nearest->word = nearest->copy;
    }
}

bool tmt_next_choice(const char **rest, char *word, size_t size)
{
    struct tmi_text text;
    size_t length = 0;

    if (**rest == '\0')
        return false;
    while ((*rest)[length] != '\0' && (*rest)[length] != TMT_CHOICE)
        length++;
    tmi_text_init(&text, word, size);
    tmi_text_add_bytes(&text, *rest, length);
    *rest += length + ((*rest)[length] == TMT_CHOICE);
    return true;
}

void tmt_join(char *buffer, size_t size, const char *one, const char *other)
{
    struct tmi_text text;

    tmi_text_init(&text, buffer, size);
    tmi_text_add(&text, one);
    tmi_text_add(&text, other);
}
