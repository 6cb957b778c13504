#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
import PushSender

/// Writes events in the transaction that makes them happen.
func insertEvents(_ events: [NewEvent], _ connection: any SQLConnection) throws {
    guard !events.isEmpty else { return }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try connection.execute(
        "INSERT INTO event (app, kind, push, details, at) VALUES (?, ?, ?, ?, ?)",
        each: events.map { event in
            [
                .integer(event.app.rawValue), .text(event.kind.rawValue), .text(event.push?.rawValue),
                .text(String(decoding: try encoder.encode(event.details), as: UTF8.self)), .date(event.at),
            ]
        })
}
