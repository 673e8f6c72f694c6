# How `sam build` builds the functions of template.yaml: with the project's own build.

.PHONY: build-RotationFunction build-ReconcileFunction

build-RotationFunction build-ReconcileFunction:
	npm run --silent build -- "$(ARTIFACTS_DIR)"
	rm "$(ARTIFACTS_DIR)/meta.json"
