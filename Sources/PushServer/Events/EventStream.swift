import Hummingbird
import NIOCore
import PushSender
import ServiceLifecycle

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One reader's stream. It reads a page when the one before has been written, so a slow reader costs one page of memory and no thread.
struct EventStream: Sendable {
    let app: AppID
    let filter: EventFilter
    let store: any EventStore
    let watch: EventWatch
    let heartbeatSeconds: Double
    /// When it ends by itself.
    let until: Date
    let now: @Sendable () -> Date

    private static let pageRows = 200

    /// Ends when the client leaves, the server stops, or its time is over.
    func run(from start: EventPosition, _ request: Request, _ writer: inout any ResponseBodyWriter) async throws {
        try await withGracefulShutdownHandler {
            try await request.body.consumeWithCancellationOnInboundClose { _ in try await tell(from: start, &writer) }
        } onGracefulShutdown: {
            watch.close()
        }
        try await writer.finish(nil)
    }

    func tell(from start: EventPosition, _ writer: inout any ResponseBodyWriter) async throws {
        var place = start
        // A client that is cut off before the first event comes back to here.
        try await write("retry: 1000\n\(Self.mark(place))", &writer)
        while now() < until {
            let page = try await store.events(app: app, after: place, rows: Self.pageRows)
            let text = Self.text(page, after: place, filter)
            if !text.isEmpty { try await write(text, &writer) }
            if page.end != place {
                place = page.end
                continue
            }
            switch await watch.wait(for: app, after: place, seconds: min(heartbeatSeconds, until.timeIntervalSince(now()))) {
            case .events: continue
            case .quiet: try await write(":\n\(Self.mark(place))", &writer)
            case .closed: return
            }
        }
    }

    private func write(_ text: String, _ writer: inout any ResponseBodyWriter) async throws {
        try await writer.write(ByteBuffer(string: text))
    }

    // MARK: Text

    static func text(_ page: EventPage, after place: EventPosition, _ filter: EventFilter) -> String {
        let gap = page.gap.map { #"event: gap\#ndata: {"after":"\#(place)","kind":"gap","through":"\#($0)"}\#n\#n"# } ?? ""
        return page.events.lazy.filter(filter.lets).reduce(into: gap) { text, event in
            text += "id: \(event.position)\nevent: \(event.kind.rawValue)\ndata: \(event.json)\n\n"
        }
    }

    /// An id without an event: clients remember it, and don't read again what was left out.
    private static func mark(_ place: EventPosition) -> String { "id: \(place)\n\n" }
}
