#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// JSON as we send it: names in order, so that the same value gives the same bytes; slashes as they are.
enum JSONText {
    static func bytes(of value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes, .sortedKeys]
        // Text, numbers and dictionaries of them always encode: there is no NaN in JSON that was read.
        return (try? encoder.encode(value)).map(Array.init) ?? []
    }
}
