/// What is wrong with how the push service was set up, and what to do about it.
public struct PushServiceError: Error, Sendable, CustomStringConvertible {
    public struct Code: Sendable, Hashable {
        let name: String
        public static let invalidKeys = Code(name: "invalidKeys")
    }

    public let code: Code
    public let message: String
    public let cause: (any Error)?

    public init(code: Code, message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { message }
}
