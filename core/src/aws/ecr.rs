//! ECR's control plane, through the SDK's crate for it. No other file names `aws_sdk_ecr`.
//!
//! Unlike a task definition, what ECR answers is not handed on as a document: each call gives what this crate needs of it.

use std::error::Error as StdError;

use aws_config::Region;
use aws_config::retry::RetryConfig;
use aws_sdk_ecr::Client as Sdk;
use aws_sdk_ecr::config::Builder;
use aws_sdk_ecr::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_ecr::types::{
    FindingSeverity, ImageFailureCode, ImageIdentifier, ImageScanningConfiguration, ImageTagMutability,
    ListImagesFilter, TagStatus,
};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use futures_util::TryFutureExt;
use indexmap::IndexMap;
use oci_spec::distribution::Reference;

use super::fault::{ApiError, CallError};
use super::operation::{Operation, Service};
use super::retry::{retry, transient};
use super::{Aws, connect, endpoint};
use crate::clock::Clock;
use crate::error::Error;
use crate::image::credential::Token;
use crate::image::registry::Repository;

/// So often a call is attempted where its failure passes. All of these may be made twice.
const ATTEMPTS: usize = 4;

/// ECR's API in one region.
pub(crate) struct Ecr<'a> {
    pub(crate) aws: &'a Aws,
    pub(crate) clock: &'a dyn Clock,
    pub(crate) region: &'a str,
}

/// An image as BatchGetImage gives it.
pub(crate) struct Image {
    pub(crate) digest: String,
    /// The manifest's text.
    pub(crate) manifest: String,
    pub(crate) media: Option<String>,
}

/// What ECR knows of an image beside its manifest.
#[derive(Default)]
pub(crate) struct Detail {
    pub(crate) size: Option<u64>,
    /// In seconds since 1970.
    pub(crate) pushed: Option<f64>,
}

/// The answer of DescribeImageScanFindings about an image.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct ScanResult {
    pub(crate) status: String,
    pub(crate) description: Option<String>,
    /// How many findings there are of each severity, in lower case, the worst first.
    pub(crate) counts: IndexMap<String, u64>,
}

impl Ecr<'_> {
    /// The image that a reference names; `None` where there is none.
    pub(crate) async fn image(
        &self,
        repository: &Repository,
        reference: &Reference,
        accepted: &[&str],
    ) -> Result<Option<Image>, CallError> {
        let accepted: Vec<String> = accepted.iter().map(|media| (*media).to_owned()).collect();
        let answer = self.send(Operation::BatchGetImage, |sdk| {
            let call = sdk.batch_get_image().registry_id(&repository.account).repository_name(&repository.name);
            call.image_ids(identifier(reference)).set_accepted_media_types(Some(accepted.clone())).send()
        });
        let answer = match answer.await {
            Err(CallError::Api(error, _)) if is_missing(&error) => return Ok(None),
            answer => answer?,
        };
        let image = answer.images().first();
        if let Some((image, digest)) = image.and_then(|image| Some((image, image.image_id()?.image_digest()?))) {
            return Ok(Some(Image {
                digest: digest.to_owned(),
                manifest: image.image_manifest().unwrap_or_default().to_owned(),
                media: image.image_manifest_media_type().map(str::to_owned),
            }));
        }
        let failure = answer.failures().first();
        match failure.and_then(|failure| failure.failure_code()) {
            Some(
                ImageFailureCode::ImageNotFound
                | ImageFailureCode::ImageTagDoesNotMatchDigest
                | ImageFailureCode::InvalidImageTag
                | ImageFailureCode::InvalidImageDigest,
            ) => Ok(None),
            code => {
                let operation = Operation::BatchGetImage.name().to_owned();
                let reason = failure.and_then(|failure| failure.failure_reason());
                let text = reason.unwrap_or("no image and no reason").to_owned();
                let name = code.map_or("unreadable", |code| code.as_str()).to_owned();
                Err(CallError::Other(Error::Aws { operation, name, text, request: None, begun: None }))
            }
        }
    }

    /// Size and age of the image that a reference names, if ECR returns them.
    pub(crate) async fn detail(&self, repository: &Repository, reference: &Reference) -> Result<Detail, CallError> {
        let answer = self.send(Operation::DescribeImages, |sdk| {
            let call = sdk.describe_images().registry_id(&repository.account).repository_name(&repository.name);
            call.image_ids(identifier(reference)).send()
        });
        let answer = answer.await?;
        let Some(detail) = answer.image_details().first() else { return Ok(Detail::default()) };
        Ok(Detail {
            size: detail.image_size_in_bytes().and_then(|size| u64::try_from(size).ok()),
            pushed: detail.image_pushed_at().map(|at| at.as_secs_f64()),
        })
    }

    /// The URL that a blob is downloaded from.
    pub(crate) async fn download_url(
        &self,
        repository: &Repository,
        digest: &str,
    ) -> Result<Option<String>, CallError> {
        let answer = self.send(Operation::GetDownloadUrlForLayer, |sdk| {
            let call = sdk.get_download_url_for_layer().registry_id(&repository.account);
            call.repository_name(&repository.name).layer_digest(digest).send()
        });
        Ok(answer.await?.download_url().map(str::to_owned))
    }

    /// The prefixes of repositories that pull-through cache rules cover.
    pub(crate) async fn cached_prefixes(&self, account: &str) -> Result<Vec<String>, CallError> {
        let answer = self.send(Operation::DescribePullThroughCacheRules, |sdk| {
            sdk.describe_pull_through_cache_rules().registry_id(account).max_results(1000).send()
        });
        let answer = answer.await?;
        let prefixes = answer.pull_through_cache_rules().iter().filter_map(|rule| rule.ecr_repository_prefix());
        Ok(prefixes.map(str::to_owned).collect())
    }

    /// The repository's tags, as far as one page goes.
    pub(crate) async fn tags(&self, repository: &Repository) -> Result<Vec<String>, CallError> {
        let filter = ListImagesFilter::builder().tag_status(TagStatus::Tagged).build();
        let answer = self.send(Operation::ListImages, |sdk| {
            let call = sdk.list_images().registry_id(&repository.account).repository_name(&repository.name);
            call.filter(filter.clone()).max_results(1000).send()
        });
        Ok(answer.await?.image_ids().iter().filter_map(|image| image.image_tag()).map(str::to_owned).collect())
    }

    /// What ECR has found in an image.
    pub(crate) async fn scan_result(&self, repository: &Repository, digest: &str) -> Result<ScanResult, CallError> {
        let image = ImageIdentifier::builder().image_digest(digest).build();
        let answer = self.send(Operation::DescribeImageScanFindings, |sdk| {
            let call = sdk.describe_image_scan_findings().registry_id(&repository.account);
            call.repository_name(&repository.name).image_id(image.clone()).max_results(1).send()
        });
        let answer = answer.await?;
        let status = answer.image_scan_status();
        let counts = answer.image_scan_findings().and_then(|findings| findings.finding_severity_counts());
        let mut counts: Vec<_> = counts.into_iter().flatten().collect();
        counts.sort_by_key(|(severity, _)| (rank(severity), severity.as_str()));
        let count = |(severity, count): (&FindingSeverity, &i32)| {
            Some((severity.as_str().to_ascii_lowercase(), u64::try_from(*count).ok()?))
        };
        Ok(ScanResult {
            status: status.and_then(|status| status.status()).map_or_else(String::new, |it| it.as_str().to_owned()),
            description: status.and_then(|status| status.description()).map(str::to_owned),
            counts: counts.into_iter().filter_map(count).collect(),
        })
    }

    /// Makes ECR look into an image.
    pub(crate) async fn start_scan(&self, repository: &Repository, digest: &str) -> Result<(), CallError> {
        let image = ImageIdentifier::builder().image_digest(digest).build();
        let answer = self.send(Operation::StartImageScan, |sdk| {
            let call = sdk.start_image_scan().registry_id(&repository.account);
            call.repository_name(&repository.name).image_id(image.clone()).send()
        });
        answer.await.map(drop)
    }

    /// Makes a repository.
    pub(crate) async fn create_repository(
        &self,
        repository: &Repository,
        is_immutable: bool,
        is_scanned: bool,
    ) -> Result<(), CallError> {
        let mutability = if is_immutable { ImageTagMutability::Immutable } else { ImageTagMutability::Mutable };
        let scanning = ImageScanningConfiguration::builder().scan_on_push(is_scanned).build();
        let answer = self.send(Operation::CreateRepository, |sdk| {
            let call = sdk.create_repository().registry_id(&repository.account).repository_name(&repository.name);
            call.image_tag_mutability(mutability.clone()).image_scanning_configuration(scanning.clone()).send()
        });
        answer.await.map(drop)
    }

    /// The text of the repository's lifecycle policy.
    pub(crate) async fn lifecycle_policy(&self, repository: &Repository) -> Result<String, CallError> {
        let answer = self.send(Operation::GetLifecyclePolicy, |sdk| {
            sdk.get_lifecycle_policy().registry_id(&repository.account).repository_name(&repository.name).send()
        });
        Ok(answer.await?.lifecycle_policy_text().unwrap_or_default().to_owned())
    }

    /// Gives the repository a lifecycle policy.
    pub(crate) async fn put_lifecycle_policy(&self, repository: &Repository, text: &str) -> Result<(), CallError> {
        let answer = self.send(Operation::PutLifecyclePolicy, |sdk| {
            let call = sdk.put_lifecycle_policy().registry_id(&repository.account);
            call.repository_name(&repository.name).lifecycle_policy_text(text).send()
        });
        answer.await.map(drop)
    }

    /// A token for the registries of this region.
    pub(crate) async fn token(&self) -> Result<Token, CallError> {
        let operation = Operation::GetAuthorizationToken;
        let answer = self.send(operation, |sdk| sdk.get_authorization_token().send()).await?;
        let token = answer.authorization_data().first().and_then(|data| {
            let expires = data.expires_at().map(|at| at.as_secs_f64());
            Token::new(data.authorization_token()?, expires, data.proxy_endpoint())
        });
        let unreadable = || CallError::Api(ApiError::unreadable(operation), self.aws.endpoint().to_owned());
        token.ok_or_else(unreadable)
    }

    /// Makes a call, and again where its failure passes.
    async fn send<T, E, F>(&self, operation: Operation, call: impl Fn(Sdk) -> F) -> Result<T, CallError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + StdError + 'static,
    {
        // In a box: a call is large, and every future on the way to it would be larger.
        let attempt = || Box::pin(self.attempt(operation, &call));
        let answer = retry(self.clock, None, transient(ATTEMPTS), attempt).await;
        answer.map_err(|error| CallError::Api(error, self.aws.endpoint().to_owned()))
    }

    async fn attempt<T, E, F>(&self, operation: Operation, call: &impl Fn(Sdk) -> F) -> Result<T, ApiError>
    where
        F: Future<Output = Result<T, SdkError<E, HttpResponse>>>,
        E: ProvideErrorMetadata + StdError + 'static,
    {
        let url = endpoint::url(&self.aws.config, Service::Ecr, self.region).await;
        let url = url.map_err(|text| ApiError::unplaced(operation, text))?;
        let sdk = self.sdk(&url);
        let failed = |error: SdkError<E, HttpResponse>| ApiError::of(operation, &error).at(&url);
        self.aws.signed(operation, || call(sdk.clone()).map_err(failed)).await
    }

    /// The SDK's client. It shares connections and credentials with that for ECS.
    fn sdk(&self, url: &str) -> Sdk {
        let builder = Builder::from(&self.aws.config)
            .region(Region::new(self.region.to_owned()))
            .retry_config(RetryConfig::disabled())
            .timeout_config(connect::timeouts())
            // The URL holds it already, and the SDK refuses one together with these.
            .use_fips(false)
            .use_dual_stack(false)
            .endpoint_url(url);
        Sdk::from_conf(builder.build())
    }
}

fn identifier(reference: &Reference) -> ImageIdentifier {
    let builder = ImageIdentifier::builder();
    match reference.digest() {
        Some(digest) => builder.image_digest(digest).build(),
        None => builder.image_tag(reference.tag().unwrap_or("latest")).build(),
    }
}

fn is_missing(error: &ApiError) -> bool {
    matches!(error.code.as_str(), "RepositoryNotFoundException" | "ImageNotFoundException")
}

/// The worst first.
fn rank(severity: &FindingSeverity) -> u8 {
    match severity {
        FindingSeverity::Critical => 0,
        FindingSeverity::High => 1,
        FindingSeverity::Medium => 2,
        FindingSeverity::Low => 3,
        FindingSeverity::Informational => 4,
        _ => 5,
    }
}
