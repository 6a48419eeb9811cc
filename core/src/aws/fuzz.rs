//! Readers of AWS's answers, for the fuzz targets.

use super::operation::Operation;
use super::protocol;
use crate::json::depth;

/// Reads answers of success and failure in XML: refused, or a document that is the same after a way through JSON.
pub fn answer_of_xml(body: &[u8]) {
    for operation in [Operation::GetCallerIdentity, Operation::AssumeRole, Operation::DescribeTargetHealth] {
        read(operation, body);
    }
}

/// The same in JSON.
pub fn answer_of_json(body: &[u8]) {
    for operation in [Operation::GetLogEvents, Operation::GetSchedule, Operation::BatchGetImage] {
        read(operation, body);
    }
}

fn read(operation: Operation, body: &[u8]) {
    if let Some(document) = protocol::document(operation, body) {
        assert!(document.is_object() && depth(&document) <= 128);
        let again = serde_json::from_str(&document.to_string());
        assert_eq!(again.ok(), Some(document));
    }
    for header in [None, Some("Name:http://x")] {
        let said = protocol::parse_error(body, header);
        assert!(said.code.is_none_or(|code| !code.is_empty() && !code.contains(['#', ':'])));
    }
}
