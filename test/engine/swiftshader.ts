/**
 * Lets WebGPU run in software: ELEPHANT_SWIFTSHADER is the path of vk_swiftshader_icd.json (Debian's
 * chromium). Import for its effect.
 */
const driver = process.env.ELEPHANT_SWIFTSHADER;
// Read by the Vulkan loader when the first WebGPU session is made.
if (driver !== undefined) process.env.VK_ICD_FILENAMES = driver;
