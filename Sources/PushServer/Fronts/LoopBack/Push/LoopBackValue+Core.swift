import JSON

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension LoopBackValue {
    /// As the core has JSON: without the order of members and the spelling of numbers.
    var core: JSONValue {
        // What was read as JSON is JSON; a number beyond all bounds is nothing.
        (try? JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))) ?? .null
    }
}
