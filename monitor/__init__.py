"""Watches the pelvis and the lower back on the leg press through one small inertial sensor."""
