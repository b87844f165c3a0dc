/** Registers all kernels of the tracing backend (import for its effect). */
import './elementwise';
import './reduce';
import './shape';
import './gather';
import './product';
import './fused';
import './missing';
