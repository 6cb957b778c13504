import PushTesting
import Testing

@Suite struct MessageStoreTests {
    @Test(arguments: MessageStoreConformance.all)
    func theReferenceStoreConforms(_ guarantee: MessageStoreConformance) async throws {
        try await guarantee.check(InMemoryMessageStore())
    }

    @Test(arguments: DeliveryReceiptConformance.all)
    func theReferenceStoreKeepsReceipts(_ guarantee: DeliveryReceiptConformance) async throws {
        try await guarantee.check(InMemoryMessageStore()) {}
    }
}
