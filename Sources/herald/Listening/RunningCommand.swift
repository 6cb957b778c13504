import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process of `/bin/sh`, with a process group of its own: all of it can be ended. What it prints is printed.
final class RunningCommand: Sendable {
    enum Ending: Sendable, Equatable {
        case exited(Int32)
        case killed(signal: Int32)
        case timedOut
    }

    private let process: pid_t
    /// A process that was waited for has no number any more, and its number may be another's.
    private let isGone = Mutex(false)
    private let wasTerminated = Mutex(false)

    /// How long a command that is told to end may take for it.
    private static let graceSeconds = 2.0

    /// - Throws: ``CommandFailure`` when there is no process to be had.
    init(script: String, input: String, environment: [String: String]) throws {
        let standardInput = try Self.file(with: input)
        defer { close(standardInput) }
        process = try Spawn(standardInput: standardInput).start(
            ["/bin/sh", "-c", script], environment: environment.map { "\($0.key)=\($0.value)" })
    }

    /// A file without a name: unlike a pipe, it never makes anybody wait, or fail because nobody reads it.
    private static func file(with text: String) throws -> Int32 {
        var name = Array((NSTemporaryDirectory() + "herald-message-XXXXXX").utf8CString)
        let descriptor = mkstemp(&name)
        guard descriptor >= 0 else { throw CommandFailure("No temporary file for the message: \(String(cString: strerror(errno)))") }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        unlink(name)
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, lseek(descriptor, 0, SEEK_SET) == 0 else {
            close(descriptor)
            throw CommandFailure("The message cannot be written to a temporary file: \(String(cString: strerror(errno)))")
        }
        return descriptor
    }

    /// Waits for the end of the command. When time is up, or when the task is cancelled, the command and all that it started are
    /// ended: with SIGTERM, and two seconds later with SIGKILL.
    func finish(withinSeconds seconds: Double) async -> Ending {
        await withTaskGroup(of: Ending?.self) { group in
            group.addTask { await self.ended() }
            group.addTask {
                try? await Task.sleep(for: .seconds(seconds))
                return nil
            }
            defer { group.cancelAll() }
            if let ending = await group.next() ?? nil { return ending }
            terminate()
            _ = await group.next()
            return .timedOut
        }
    }

    private func terminate() {
        wasTerminated.withLock { $0 = true }
        signal(SIGTERM)
        DispatchQueue.global().asyncAfter(deadline: .now() + Self.graceSeconds) { self.signal(SIGKILL) }
    }

    private func signal(_ number: Int32) {
        isGone.withLock { if !$0 { kill(-process, number) } }
    }

    /// A thread waits: there is nothing else that tells of a child's end on every platform.
    private func ended() async -> Ending {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: self.waitForEnd()) }
        }
    }

    private func waitForEnd() -> Ending {
        // As long as nobody collects its status, the number of the process stays its own.
        var information = siginfo_t()
        while waitid(P_PID, id_t(process), &information, WEXITED | WNOWAIT) != 0, errno == EINTR {}
        // What it started and left behind has had as long as it had itself.
        if wasTerminated.withLock({ $0 }) { signal(SIGKILL) }
        var status: Int32 = 0
        isGone.withLock { isGone in
            while waitpid(process, &status, 0) < 0, errno == EINTR {}
            isGone = true
        }
        return status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
    }
}
