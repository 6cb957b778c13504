#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Starts a process as Foundation's `Process` does not: leading a process group, and with the signals that this program ignores or
/// catches back at their defaults.
struct Spawn {
    /// What it reads; its output goes where ours goes.
    let standardInput: Int32

    /// - Parameters:
    ///   - arguments: the first is the path of the program.
    ///   - environment: `NAME=value`, all of it.
    /// - Throws: ``CommandFailure``.
    func start(_ arguments: [String], environment: [String]) throws(CommandFailure) -> pid_t {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, standardInput, STDIN_FILENO)
        var (caught, blocked) = (Self.caughtSignals, Self.noSignals)
        posix_spawnattr_setsigdefault(&attributes, &caught)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        let (words, variables) = (CStrings(arguments), CStrings(environment))
        defer { for strings in [words, variables] { strings.release() } }
        var process: pid_t = 0
        let problem = posix_spawn(&process, arguments[0], &actions, &attributes, words.pointers, variables.pointers)
        guard problem == 0 else { throw CommandFailure("The command cannot be started: \(String(cString: strerror(problem)))") }
        return process
    }

    private static var caughtSignals: sigset_t {
        var signals = noSignals
        for signal in [SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM] { sigaddset(&signals, signal) }
        return signals
    }

    private static var noSignals: sigset_t {
        var signals = sigset_t()
        sigemptyset(&signals)
        return signals
    }
}

/// Strings as C wants a list of them: the last is no string.
private struct CStrings {
    let pointers: [UnsafeMutablePointer<CChar>?]

    init(_ strings: [String]) { pointers = strings.map { strdup($0) } + [nil] }

    func release() {
        for pointer in pointers { free(pointer) }
    }
}
