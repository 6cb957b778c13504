#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Names in order, so that the same value gives the same bytes; slashes as they are.
/// - Throws: `invalidField` for infinity and NaN, which JSON doesn't have.
func encodedJSON(_ value: some Encodable) throws(FCMError) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
    do {
        return Array(try encoder.encode(value))
    } catch {
        throw FCMError(.invalidField, "it can't be written as JSON: is there a number that isn't finite?")
    }
}
