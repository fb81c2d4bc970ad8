// Package pagetest holds tests of the sandbox's page: the built program is run, a browser without a window opens its page,
// and people do by clicks and keys what they would do. What is asserted is what the page shows. Without Chromium on the
// machine the tests are left out.
package pagetest
