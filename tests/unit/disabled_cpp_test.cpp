// The same in C++17.
extern "C" {
#include "unit.h"
}

#include "disabled_test.c" // NOLINT(bugprone-suspicious-include)
