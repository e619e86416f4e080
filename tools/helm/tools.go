//go:build tools

// The Helm that tests of the chart run, as a module, so that go.sum says exactly which. tools/install_helm.sh builds it.
package tools

import _ "helm.sh/helm/v3/cmd/helm"
