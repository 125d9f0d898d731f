// A library that calls itself mimalloc of the version it was built with, and has nothing else of it.
int mi_version(void);

int mi_version(void) { return FAKE_VERSION; }
