#if canImport(FoundationEssentials)
public import FoundationEssentials
#else
public import Foundation
#endif

/// The port to wherever records are kept. Every change is durable when the call returns, and happens whole or not at all.
///
/// A record that is a device lives as long as the device: it is gone when the device is removed, and while a provider has proved the
/// device's token dead, until ``put(_:into:now:)`` brings it back. A token is one device's: whoever says it last has it, and
/// the device that had it is no more.
public protocol RecordStore: Sendable {
    /// Keeps new records, one after the other, or keeps them instead of some that are there. Two who put the same at once wait for each
    /// other.
    /// - Returns: in the order of the entries; nil for one that was not kept, because there is another record of its id.
    func put(_ entries: [RecordEntry], into collection: RecordCollection, now: Date) async throws -> [Record?]

    func record(_ id: RecordID, in collection: RecordCollection) async throws -> Record?
    func records(_ query: RecordQuery, in collection: RecordCollection) async throws -> [Record]
    func count(_ condition: RecordCondition, in collection: RecordCollection) async throws -> Int

    /// - Parameter change: makes the new from the old while nobody else can change it. What it throws ends the call.
    /// - Returns: nil when there is no such record.
    func change(
        _ id: RecordID, in collection: RecordCollection, now: Date, _ change: @escaping @Sendable (Record) throws -> RecordDraft
    ) async throws -> Record?

    /// Changes all records of which the condition is true, or none.
    /// - Returns: how many.
    func change(
        matching condition: RecordCondition, in collection: RecordCollection, now: Date,
        _ change: @escaping @Sendable (Record) throws -> RecordDraft
    ) async throws -> Int

    /// Removes records with the devices that they are.
    /// - Returns: how many there were.
    func remove(_ ids: [RecordID], in collection: RecordCollection) async throws -> Int
}
