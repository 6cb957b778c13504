/// Why a command could not do what it was asked for.
struct ClientError: Error, Sendable, CustomStringConvertible {
    struct Code: Hashable, Sendable {
        private let name: String
        private init(_ name: String) { self.name = name }

        static let badArguments = Code("badArguments")
        /// Nobody answers at the server's URL.
        static let unreachable = Code("unreachable")
        /// The server answers that it can't now: 429, 5xx.
        static let unavailable = Code("unavailable")
        /// The server says no.
        static let refused = Code("refused")
        /// What answers is no Herald.
        static let unreadable = Code("unreadable")
        static let output = Code("output")
    }

    let code: Code
    /// What is wrong, and what to do.
    let message: String
    let cause: (any Error)?

    init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    /// The same request may succeed later.
    var isPassing: Bool { [.unreachable, .unavailable].contains(code) }

    var description: String { message }
}
