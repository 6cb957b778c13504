import Foundation
import Testing

@testable import PushStorage

@Suite struct ReceiptHookClaimTests {
    /// Asked often, and mostly for nothing: it must not stand in the queue of the writers.
    @Test func whileNobodyHasAHookNothingIsWritten() async throws {
        let test = try await TestDatabase(.sqlite), store = SQLMessageStore(test.database), now = Date()
        let (began, begin) = AsyncStream.makeStream(of: Void.self), gate = DispatchSemaphore(value: 0)
        async let writing = test.database.sql.write { _ in
            begin.yield()
            return gate.wait(timeout: .now() + 10) == .success
        }
        for await _ in began { break }
        #expect(try await store.claimHooks(until: now + 60, limit: 10, page: 10, now: now) == [])
        gate.signal()
        #expect(try await writing, "the claim did not wait for the writer")
    }
}
