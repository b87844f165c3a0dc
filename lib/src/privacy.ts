/**
 * No package that we load reports to its maker. ONNX Runtime would: from 1.30 on, on Linux and macOS, every
 * process that opens a session keeps a device id in the user's cache folder, leaves a log in the temporary
 * folder and sends events. This variable prevents all three if it is set before the library is loaded; child
 * processes inherit it. Imported before whatever loads ONNX Runtime. A value that the user has set stays.
 */
process.env.ORT_DISABLE_TELEMETRY ??= '1';
