/*
 * loader.h: reads Vulkan registries (vk.xml and its kin) by expat into the database.
 */
#ifndef DEMO_LOADER_H
#define DEMO_LOADER_H

#include <stdbool.h>

#include <expat.h>

#include "database.h"
#include "strings.h"

struct loader;

/* A loader that fills a database; NULL when there is no memory. */
struct loader *loader_create(struct database *database);
/* Gives everything back; NULL is allowed. */
void loader_destroy(struct loader *loader);

/*
 * Reads one file; several may follow one another and share their names. False on failure, which
 * loader_error then describes in one line.
 */
bool loader_read(struct loader *loader, const char *path);
const char *loader_error(const struct loader *loader);

/* Hands the names over to the database, when all files are read. */
bool loader_write_names(struct loader *loader);

#endif
