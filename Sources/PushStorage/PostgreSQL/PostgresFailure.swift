/// Why a statement or a connection failed, as the driver needs to tell apart.
struct PostgresFailure: Error {
    enum Kind: Equatable {
        /// The connection is gone. What it was in the middle of never happened, unless that was a COMMIT.
        case connectionLost
        /// Another transaction was in the way: the same again may succeed.
        case conflict
        /// The database takes no writes.
        case readOnly
        /// The disk is full.
        case full
        /// The statement took too long.
        case tookTooLong
        case statement
    }

    let kind: Kind
    let message: String

    init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// - Parameter state: https://www.postgresql.org/docs/current/errcodes-appendix.html
    init(state: String, message: String) {
        self.init(Self.kind(of: state), message)
    }

    private static func kind(of state: String) -> Kind {
        switch state {
        // Serialization failure, deadlock, lock timeout; and two who inserted the same row: whoever looks again finds it.
        case "40001", "40P01", "55P03", "23505": .conflict
        case "25006": .readOnly
        case "53100": .full
        case "57014": .tookTooLong
        // Shut down by the administrator, after a crash, not yet started; connection exceptions; an idle transaction cut off.
        case "57P01", "57P02", "57P03", "25P03": .connectionLost
        case _ where state.hasPrefix("08"): .connectionLost
        default: .statement
        }
    }
}

extension StorageError {
    init(_ failure: PostgresFailure) {
        switch failure.kind {
        case .connectionLost:
            self.init(.unavailable, "the connection to PostgreSQL was lost: \(failure.message)")
        case .conflict:
            self.init(.unavailable, "other transactions were in the way every time; try again: \(failure.message)")
        case .readOnly:
            self.init(
                .readOnly,
                """
                PostgreSQL takes no writes: is it a replica? Let HERALD_DATABASE_URL name the primary, or all hosts: libpq finds the one \
                that can be written (\(failure.message))
                """)
        case .full:
            self.init(.full, "PostgreSQL's disk is full, so nothing of this was written; make room: \(failure.message)")
        case .tookTooLong:
            self.init(.unavailable, "a statement took too long and was given up: \(failure.message)")
        case .statement:
            self.init(.failed, "a statement failed, so nothing of this was written: \(failure.message)")
        }
    }
}
