import ArgumentParser

/// `--exec` and what belongs to it.
struct CommandOptions: ParsableArguments {
    @Option(name: .customLong("exec"), help: "Run this command for every message instead of printing it.")
    var script: String?

    @Option(help: "How often the command is run for a message that it fails on.")
    var attempts = 3

    @Option(help: "Commands that run at the same time. With more than one, messages overtake each other.")
    var parallel = 1

    @Option(name: .customLong("timeout"), help: "Seconds after which the command, and all that it started, is ended.")
    var timeoutSeconds = 60.0

    /// Nil without `--exec`.
    var messageCommand: MessageCommand? { script.map { MessageCommand(script: $0, timeoutSeconds: timeoutSeconds) } }

    func validate() throws {
        guard attempts >= 1 else { throw ValidationError("--attempts must be at least 1") }
        guard (1...64).contains(parallel) else { throw ValidationError("--parallel must be from 1 to 64") }
        guard (0.001...86_400).contains(timeoutSeconds) else { throw ValidationError("--timeout must be from 0.001 to 86400 seconds") }
        guard script?.isEmpty != true else { throw ValidationError("--exec wants a command") }
    }
}
