/// What went wrong with the database, and what to do about it.
public struct StorageError: Error, Sendable, CustomStringConvertible {
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }
        /// The file can't be opened, or is no database.
        public static let cannotOpen = Code(rawValue: "cannot_open")
        /// Another server works with this data folder.
        public static let inUse = Code(rawValue: "in_use")
        /// The database was written by a newer Herald.
        public static let newerSchema = Code(rawValue: "newer_schema")
        /// A row doesn't say what Herald wrote.
        public static let corrupt = Code(rawValue: "corrupt")
        /// The database is away, or too busy; nothing was written, and later it may work.
        public static let unavailable = Code(rawValue: "unavailable")
        /// The connection was lost during a commit: what it wrote may be there, or not.
        public static let inDoubt = Code(rawValue: "in_doubt")
        /// The database takes no writes.
        public static let readOnly = Code(rawValue: "read_only")
        /// What is in the database was sealed with another master key.
        public static let wrongMasterKey = Code(rawValue: "wrong_master_key")
        /// The disk is full.
        public static let full = Code(rawValue: "full")
        /// A statement or a commit failed; nothing of it was written.
        public static let failed = Code(rawValue: "failed")
    }

    public let code: Code
    public let message: String
    public let cause: (any Error)?

    public init(_ code: Code, _ message: String, cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
    }

    public var description: String { cause.map { "\(message) (\($0))" } ?? message }
}
