import ArgumentParser
import PushUserAgent

/// Runs a command's work. What goes wrong is told on stderr in a sentence, as `herald: …`, and the exit code is 1.
func reporting<Result>(_ work: () async throws -> Result) async throws -> Result {
    do {
        return try await work()
    } catch let error as ClientError {
        throw complain(error.message)
    } catch let error as UserAgentError where error.code == .identityInUse {
        throw complain(error.message + " (--identity)")
    } catch let error as UserAgentError {
        throw complain(error.message)
    }
}

private func complain(_ message: String) -> ExitCode {
    Terminal.say("herald: \(message)")
    return ExitCode.failure
}
