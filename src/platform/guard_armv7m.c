/*
 * platform/guard_armv7m.c: a guard by the memory protection unit of ARMv7-M (Architecture Reference
 * Manual, B3.5). Takes the unit's last region, which is the one that counts where several overlap.
 * ARMv6-M and ARMv8-M have other units: there it finds none.
 */
#include "platform/guard.h"

#define MPU_TYPE          (*(volatile uint32_t *)0xE000ED90u)
#define MPU_CONTROL       (*(volatile uint32_t *)0xE000ED94u)
#define MPU_REGION        (*(volatile uint32_t *)0xE000ED98u)
#define MPU_ADDRESS       (*(volatile uint32_t *)0xE000ED9Cu)
#define MPU_ATTRIBUTES    (*(volatile uint32_t *)0xE000EDA0u)
#define HANDLER_CONTROL   (*(volatile uint32_t *)0xE000ED24u)
#define MEMORY_FAULT      (1u << 16)
#define ENABLE            1u
#define DEFAULT_MAP       (1u << 2) /* for privileged code, outside the regions */
#define SIZE_32_NO_ACCESS (1u << 28 | 4u << 1)

bool tmi_platform_guard(uintptr_t address)
{
#if defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__)
    uint32_t regions = MPU_TYPE >> 8 & 255;

    if (regions == 0 || address % TMI_GUARD_BYTES != 0)
        return false;
    MPU_REGION = regions - 1;
    if ((MPU_ATTRIBUTES & ENABLE) != 0)
        return false;
    MPU_ADDRESS = (uint32_t)address;
    MPU_ATTRIBUTES = SIZE_32_NO_ACCESS | ENABLE;
    HANDLER_CONTROL |= MEMORY_FAULT;
    MPU_CONTROL |= DEFAULT_MAP | ENABLE;
    __asm__ volatile("dsb\n\tisb" : : : "memory");
    return true;
#else
    (void)address;
    return false;
#endif
}
