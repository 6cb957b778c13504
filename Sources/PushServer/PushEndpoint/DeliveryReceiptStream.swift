import Hummingbird
import NIOCore
import PushService
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One reader's stream of delivery receipts, as server-sent events. It reads a page when the one before has been written, so a slow
/// reader costs one page of memory.
struct DeliveryReceiptStream: Sendable {
    let subscription: ReceiptSubscription
    let store: any DeliveryReceiptStore
    let codec: EndpointCodec
    let rings: ReceiptBell.Rings
    let bell: ReceiptBell.Rings.Continuation

    private static let pageReceipts = 200
    /// What other nodes wrote is found after so long. Then the reader also hears that it is still connected.
    private static let lookSeconds = 5.0

    /// Ends when the client leaves, the server stops, or the subscription ends.
    func run(from start: ReceiptPlace, _ request: Request, _ writer: inout any ResponseBodyWriter) async throws {
        defer { bell.finish() }
        bell.yield()
        try await withGracefulShutdownHandler {
            try await request.body.consumeWithCancellationOnInboundClose { _ in try await tell(from: start, &writer) }
        } onGracefulShutdown: {
            bell.finish()
        }
        try await writer.finish(nil)
    }

    private func tell(from start: ReceiptPlace, _ writer: inout any ResponseBodyWriter) async throws {
        var place: ReceiptPlace? = start
        try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { while (try? await Task.sleep(for: .seconds(Self.lookSeconds))) != nil { bell.yield() } }
            defer { group.cancelAll() }
            for await _ in rings {
                guard let after = place else { return }
                place = try await tellPages(after: after, &writer)
            }
        }
    }

    /// - Returns: the place of the last receipt; nil when the subscription has ended.
    private func tellPages(after start: ReceiptPlace, _ writer: inout any ResponseBodyWriter) async throws -> ReceiptPlace? {
        var place = start
        while true {
            guard let page = try await store.receipts(of: subscription, after: place, limit: Self.pageReceipts) else { return nil }
            guard let last = page.last else {
                if place == start { try await writer.write(ByteBuffer(string: ":\n\n")) }
                return place
            }
            try await writer.write(ByteBuffer(string: page.map(text).joined()))
            place = last.place
        }
    }

    private func text(_ receipt: DeliveryReceipt) -> String {
        "id: \(receipt.place)\nevent: receipt\ndata: \(DeliveryReceiptJSON(receipt, codec).text)\n\n"
    }
}

/// A receipt in words.
struct DeliveryReceiptJSON: Encodable {
    let message: String
    let status: Int
    let outcome: String
    let at: String

    init(_ receipt: DeliveryReceipt, _ codec: EndpointCodec) {
        message = codec.location(of: receipt.message)
        status = receipt.status
        outcome = receipt.ending.rawValue
        at = Moment.text(receipt.at)
    }

    /// Strings and numbers: encoding them cannot fail.
    var text: String { (try? JSONReply.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "{}" }
}
