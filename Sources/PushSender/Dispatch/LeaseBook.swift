import Synchronization

/// The leases that this process knows to hold. Each claim has a name of its own: what was claimed without our hearing of it, because the
/// connection to the store was lost in between, bears a name that nobody prolongs, and is free when its time is over.
final class LeaseBook: Sendable {
    private struct Book {
        var latest = 0
        var holders: [LeaseOwner: Int] = [:]
    }

    private let node: LeaseOwner
    private let book = Mutex(Book())

    init(node: LeaseOwner) { self.node = node }

    /// A name for a new claim, held once.
    func open() -> LeaseOwner {
        book.withLock { book in
            book.latest += 1
            let owner = node.claim(book.latest)
            book.holders[owner] = 1
            return owner
        }
    }

    func hold(_ owner: LeaseOwner) { book.withLock { $0.holders[owner, default: 0] += 1 } }

    /// What was opened or held once is over.
    func close(_ owner: LeaseOwner) {
        book.withLock { book in
            let left = book.holders[owner, default: 1] - 1
            book.holders[owner] = left > 0 ? left : nil
        }
    }

    var held: [LeaseOwner] { book.withLock { Array($0.holders.keys) } }
}
