/*
 * formulas.c: trees of random formulas are derived, simplified, evaluated and freed, as a compiler
 * or an algebra system handles expressions: one small block a node.
 */
#include <math.h>
#include <stddef.h>

#include BENCH_VERBS
#include "program.h"
#include "random.h"

enum kind { NUMBER, VARIABLE, SUM, PRODUCT, SINE, COSINE };

struct node {
    enum kind kind;
    double number;
    struct node *left, *right;
};

static struct node *make(enum kind kind, double number, struct node *left, struct node *right)
{
    struct node *node = BENCH_MALLOC(sizeof *node);
    if (node)
        *node = (struct node){ kind, number, left, right };
    return node;
}

static void give_back(struct node *node)
{
    if (!node)
        return;
    give_back(node->left);
    give_back(node->right);
    BENCH_FREE(node);
}

static struct node *copy(const struct node *node)
{
    return node ? make(node->kind, node->number, copy(node->left), copy(node->right)) : NULL;
}

static struct node *random_formula(unsigned depth, uint64_t *state)
{
    uint32_t drawn = bench_random_below(state, 8);
    if (depth == 0 || drawn == 0)
        return bench_random_below(state, 2) > 0 ? make(VARIABLE, 0, NULL, NULL)
                                                : make(NUMBER, drawn % 4, NULL, NULL);
    if (drawn <= 2)
        return make(drawn == 1 ? SINE : COSINE, 0, random_formula(depth - 1, state), NULL);
    struct node *left = random_formula(depth - 1, state);
    return make(drawn % 2 == 0 ? SUM : PRODUCT, 0, left, random_formula(depth - 1, state));
}

static struct node *derive(const struct node *node)
{
    if (!node)
        return NULL;
    switch (node->kind) {
    case NUMBER:
    case VARIABLE: return make(NUMBER, node->kind == VARIABLE, NULL, NULL);
    case SUM: return make(SUM, 0, derive(node->left), derive(node->right));
    case PRODUCT: {
        struct node *first = make(PRODUCT, 0, derive(node->left), copy(node->right));
        return make(SUM, 0, first, make(PRODUCT, 0, copy(node->left), derive(node->right)));
    }
    case SINE: return make(PRODUCT, 0, make(COSINE, 0, copy(node->left), NULL), derive(node->left));
    case COSINE: {
        struct node *sine = make(SINE, 0, copy(node->left), NULL);
        struct node *inner = make(PRODUCT, 0, make(NUMBER, -1, NULL, NULL), sine);
        return make(PRODUCT, 0, inner, derive(node->left));
    }
    }
    return NULL;
}

static bool is_number(const struct node *node, double number)
{
    return node && node->kind == NUMBER && node->number == number;
}

/* What of a sum or product says the same: one of its sides, or all of it. */
static struct node *essence(struct node *node)
{
    double neutral = node->kind == SUM ? 0 : 1;
    if (is_number(node->left, neutral) || (node->kind == PRODUCT && is_number(node->right, 0)))
        return node->right;
    if (is_number(node->right, neutral) || (node->kind == PRODUCT && is_number(node->left, 0)))
        return node->left;
    return node;
}

/* The node, or what says the same in fewer; what goes is given back. */
static struct node *simplify(struct node *node)
{
    struct node *kept = node;
    if (!node || node->kind == NUMBER || node->kind == VARIABLE)
        return node;
    node->left = simplify(node->left);
    node->right = simplify(node->right);
    if (node->kind == SUM || node->kind == PRODUCT)
        kept = essence(node);
    if (kept != node) {
        give_back(kept == node->left ? node->right : node->left);
        BENCH_FREE(node);
    }
    return kept;
}

static double value_at(const struct node *node, double x)
{
    if (!node)
        return 0;
    switch (node->kind) {
    case NUMBER: return node->number;
    case VARIABLE: return x;
    case SUM: return value_at(node->left, x) + value_at(node->right, x);
    case PRODUCT: return value_at(node->left, x) * value_at(node->right, x);
    case SINE: return sin(value_at(node->left, x));
    case COSINE: return cos(value_at(node->left, x));
    }
    return 0;
}

/* The derivative, simplified or not, is worth the same. */
static bool treat(unsigned depth, uint64_t *state)
{
    struct node *formula = random_formula(depth, state);
    struct node *slope = derive(formula);
    double value = value_at(slope, 0.5);
    struct node *shorter = simplify(slope);
    bool good = fabs(value_at(shorter, 0.5) - value) <= 1e-6 * fabs(value) + 1e-9;
    give_back(shorter);
    give_back(formula);
    return good;
}

static bool run(const struct program_size *size)
{
    uint64_t state = bench_random_start(5, 0);
    for (unsigned i = 0; i < size->rounds; i++)
        if (!treat(size->objects, &state))
            return false;
    return true;
}

const struct program program_formulas = { "formulas",
                                          "trees of formulas, derived, simplified and evaluated",
                                          run,
                                          { 10, 1500 },
                                          { 6, 500 } };
