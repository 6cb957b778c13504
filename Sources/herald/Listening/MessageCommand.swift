import Foundation

/// The command of `herald listen --exec`: run once for every message, with the message's line on its standard input.
struct MessageCommand: Sendable {
    /// For `/bin/sh -c`.
    let script: String
    let timeoutSeconds: Double

    /// A variable of the environment is not longer than this; the line on the standard input has all of it.
    private static let variableBytes = 16_384

    /// - Returns: when it has ended with the status 0.
    /// - Throws: ``CommandFailure`` when it hasn't; CancellationError.
    func run(_ line: ListenLine, attempt: Int) async throws {
        let environment = ProcessInfo.processInfo.environment.merging(Self.variables(line, attempt: attempt)) { $1 }
        let running = try RunningCommand(script: script, input: line.text + "\n", environment: environment)
        let status = await running.finish(withinSeconds: timeoutSeconds)
        try Task.checkCancellation()
        switch status {
        case .exited(0): return
        case .exited(let code): throw CommandFailure("The command ended with status \(code)")
        case .killed(let signal): throw CommandFailure("The command was ended by signal \(signal)")
        case .timedOut: throw CommandFailure("The command did not end within \(timeoutSeconds.formatted()) s, and was killed")
        }
    }

    /// `HERALD_TITLE`, `HERALD_BODY`, `HERALD_ID` and `HERALD_URL` are always set, empty where the message has no such thing, so that
    /// nothing of the listener's own environment passes for it. Nothing of an unencrypted message is in them.
    static func variables(_ line: ListenLine, attempt: Int) -> [String: String] {
        var variables = ["HERALD_VERSION": line.version, "HERALD_ATTEMPT": String(attempt)]
        for name in ["title", "body", "id", "url"] { variables["HERALD_\(name.uppercased())"] = line[name] ?? "" }
        return variables.mapValues { String(decoding: $0.utf8.filter { $0 != 0 }.prefix(variableBytes), as: UTF8.self) }
    }
}

/// A command that did not do its work. Somebody may try again.
struct CommandFailure: Error {
    let message: String
    init(_ message: String) { self.message = message }
}
