/// Why simulators can't start.
public struct SimulatorsError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        private let name: String

        /// A port is taken, or may not be used.
        public static let port = Code(name: "port")
        /// The directory can't be made or written, or what it holds can't be read.
        public static let directory = Code(name: "directory")
    }

    public let code: Code
    /// A sentence that says what is wrong and what to do.
    public let description: String
    public let cause: (any Error)?

    init(_ code: Code, _ description: String, cause: (any Error)? = nil) {
        self.code = code
        self.description = description
        self.cause = cause
    }
}
