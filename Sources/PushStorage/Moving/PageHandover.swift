import Dispatch
import Synchronization

/// Carries pages from the thread that reads to the thread that writes; few wait in it. Both block: the databases' work runs on
/// threads of their own.
final class PageHandover: Sendable {
    struct Page: Sendable {
        /// Its place in the plan.
        let table: Int
        let rows: [SQLRow]
    }

    private struct State {
        var pages: [Page] = []
        var hasEnded = false
        var failure: (any Error)?
    }

    private let state = Mutex(State())
    private let room = DispatchSemaphore(value: 0)
    private let ready = DispatchSemaphore(value: 0)
    private let mostPages = 2

    /// Room is made here: libdispatch ends the program when a semaphore goes with less than it came with.
    init() {
        for _ in 0..<mostPages { room.signal() }
    }

    /// Waits for room.
    /// - Throws: why the other side has ended.
    func put(_ page: Page) throws {
        room.wait()
        let failure = state.withLock { state in
            if state.failure == nil { state.pages.append(page) }
            return state.failure
        }
        if let failure {
            room.signal()
            throw failure
        }
        ready.signal()
    }

    /// Waits for a page.
    /// - Returns: nil after the last.
    /// - Throws: why the other side has ended.
    func take() throws -> Page? {
        ready.wait()
        let (page, failure) = state.withLock { state in
            (state.failure == nil && !state.pages.isEmpty ? state.pages.removeFirst() : nil, state.failure)
        }
        // Whoever asks again after the end must not wait for ever.
        (page == nil ? ready : room).signal()
        if let failure { throw failure }
        return page
    }

    /// Either side has ended, and nobody waits any more. The first to say so is believed.
    /// - Parameter failure: why, when not because all is done.
    func end(_ failure: (any Error)?) {
        let isFirst = state.withLock { state in
            defer { state.hasEnded = true }
            if !state.hasEnded { state.failure = failure }
            return !state.hasEnded
        }
        guard isFirst else { return }
        room.signal()
        ready.signal()
    }
}
