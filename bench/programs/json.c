/*
 * json.c: a document that cJSON builds, prints, parses, copies and compares.
 */
#include <stdio.h>
#include <string.h>

#include <cJSON.h>

#include "program.h"
#include "random.h"

static cJSON *make_record(unsigned number, uint64_t *state)
{
    char text[48];
    cJSON *record = cJSON_CreateObject();
    cJSON *tags = cJSON_AddArrayToObject(record, "tags");
    snprintf(text, sizeof text, "record %u of %u", number, bench_random(state) % 100000);
    cJSON_AddNumberToObject(record, "id", number);
    cJSON_AddStringToObject(record, "name", text);
    cJSON_AddBoolToObject(record, "live", number % 3 == 0);
    for (uint32_t i = bench_random_below(state, 5); i > 0; i--) {
        snprintf(text, sizeof text, "tag-%u", bench_random_below(state, 1000));
        cJSON_AddItemToArray(tags, cJSON_CreateString(text));
    }
    return record;
}

static bool round_trip(unsigned objects, uint64_t *state)
{
    cJSON *document = cJSON_CreateArray();
    cJSON *parsed = NULL;
    cJSON *copy = NULL;
    char *text = NULL;
    bool good = false;
    for (unsigned i = 0; i < objects; i++)
        cJSON_AddItemToArray(document, make_record(i, state));
    text = cJSON_PrintUnformatted(document);
    cJSON_Delete(document);
    parsed = text ? cJSON_Parse(text) : NULL;
    copy = cJSON_Duplicate(parsed, 1);
    good = cJSON_GetArraySize(parsed) == (int)objects && cJSON_Compare(parsed, copy, 1);
    cJSON_Delete(parsed);
    cJSON_Delete(copy);
    cJSON_free(text);
    return good;
}

static bool run(const struct program_size *size)
{
    uint64_t state = bench_random_start(7, 0);
    for (unsigned i = 0; i < size->rounds; i++)
        if (!round_trip(size->objects, &state))
            return false;
    return true;
}

const struct program program_json = {
    "json",
    "a document that cJSON builds, prints, parses, copies and compares",
    run,
    { 8000, 5 },
    { 200, 8 }
};
