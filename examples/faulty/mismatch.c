/*
 * mismatch.c: two mistakes that real programs make. Each is reported with every place that has to
 * do with it, and the program goes on.
 */
#include <stdio.h>

#define TRACKMEM_DOMAIN mesh_domain
#include <trackmem/domain.h>
#include <trackmem/observe.h>
#include <trackmem/trackmem.h>

static TRACKMEM_DEFINE_DOMAIN(engine_domain, "engine", NULL);
TRACKMEM_DEFINE_DOMAIN(mesh_domain, "mesh", &engine_domain);

struct mesh {
    float *volatile vertices; /* volatile: or gcc sees the first mistake, and warns */
    unsigned *volatile indices;
};

static void load_mesh(struct mesh *mesh)
{
    mesh->vertices = trackmem_aligned_alloc(64, 1024 * sizeof(float));
    mesh->indices = TRACKMEM_NEW_ARRAY(unsigned, 96);
}

static void upload_mesh(struct mesh *mesh)
{
    /* The indices are on the graphics card now, and not needed here any more... */
    trackmem_free(mesh->indices);
}

static void unload_mesh(struct mesh *mesh)
{
    trackmem_free(mesh->vertices); /* the first mistake: they are an aligned block */
    trackmem_free(mesh->indices);  /* the second: upload_mesh() has freed them */
}

int main(void)
{
    struct mesh mesh;
    struct trackmem_stats stats;

    load_mesh(&mesh);
    upload_mesh(&mesh);
    unload_mesh(&mesh);

    trackmem_aligned_free(mesh.vertices); /* as it should be */
    if (trackmem_domain_stats(&engine_domain, true, &stats) != TRACKMEM_OK)
        return 2;
    printf("The program goes on: mistakes seen: %llu, bytes left: %llu.\n",
           (unsigned long long)trackmem_misuse_count(), (unsigned long long)stats.live_bytes);
    return trackmem_misuse_count() == 2 && stats.live_bytes == 0 ? 0 : 1;
}
