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
    DescribeImagesFilter, FindingSeverity, ImageFailureCode, ImageIdentifier, ImageScanningConfiguration,
    ImageStatusFilter, ImageTagMutability, ImageTagMutabilityExclusionFilter, ImageTagMutabilityExclusionFilterType,
    ListImagesFilter, RctAppliedFor, SubjectIdentifier, TagStatus,
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

/// An artifact that refers to an image.
pub(crate) struct Referrer {
    /// Its artifact type; its media type where it has none.
    pub(crate) kind: String,
    pub(crate) annotations: IndexMap<String, String>,
}

/// What ECR's managed signing has come to with one profile.
pub(crate) struct Signing {
    /// The profile's ARN.
    pub(crate) profile: String,
    /// IN_PROGRESS, COMPLETE or FAILED.
    pub(crate) status: String,
    pub(crate) reason: Option<String>,
}

/// The settings of a repository that is made.
pub(crate) struct NewRepository<'a> {
    pub(crate) is_immutable: bool,
    /// Tags for which the opposite of `is_immutable` holds.
    pub(crate) exclude: &'a [String],
    pub(crate) is_scanned: bool,
}

impl NewRepository<'_> {
    fn mutability(&self) -> ImageTagMutability {
        match (self.is_immutable, self.exclude.is_empty()) {
            (true, true) => ImageTagMutability::Immutable,
            (true, false) => ImageTagMutability::ImmutableWithExclusion,
            (false, true) => ImageTagMutability::Mutable,
            (false, false) => ImageTagMutability::MutableWithExclusion,
        }
    }

    /// `None` where none is excluded: ECR takes no empty list.
    fn filters(&self) -> Result<Option<Vec<ImageTagMutabilityExclusionFilter>>, Error> {
        let filter = |pattern: &String| {
            let kind = ImageTagMutabilityExclusionFilterType::Wildcard;
            let built = ImageTagMutabilityExclusionFilter::builder().filter_type(kind).filter(pattern).build();
            built.map_err(|error| Error::invalid("exclude", error.to_string()))
        };
        let filters = self.exclude.iter().map(filter).collect::<Result<Vec<_>, _>>()?;
        Ok(Some(filters).filter(|filters| !filters.is_empty()))
    }
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

    /// The status of an image that cannot be pulled, such as ARCHIVED; `None` where ECR has no such image, or an active one.
    pub(crate) async fn inactive(
        &self,
        repository: &Repository,
        reference: &Reference,
    ) -> Result<Option<String>, CallError> {
        // Without the filter ECR shows active images only.
        let filter = DescribeImagesFilter::builder().image_status(ImageStatusFilter::Any).build();
        let answer = self.send(Operation::DescribeImages, |sdk| {
            let call = sdk.describe_images().registry_id(&repository.account).repository_name(&repository.name);
            call.image_ids(identifier(reference)).filter(filter.clone()).send()
        });
        let answer = match answer.await {
            Err(CallError::Api(error, _)) if is_missing(&error) => return Ok(None),
            answer => answer?,
        };
        let status = answer.image_details().first().and_then(|detail| detail.image_status());
        Ok(status.map(|status| status.as_str().to_owned()).filter(|status| status != "ACTIVE"))
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

    /// The artifacts that refer to an image and can be pulled.
    pub(crate) async fn referrers(&self, repository: &Repository, digest: &str) -> Result<Vec<Referrer>, CallError> {
        let subject = SubjectIdentifier::builder().image_digest(digest).build();
        let subject = subject.map_err(|error| CallError::Other(Error::invalid("image", error.to_string())))?;
        let (mut found, mut token) = (Vec::new(), None);
        loop {
            let answer = self.send(Operation::ListImageReferrers, |sdk| {
                let call = sdk.list_image_referrers().registry_id(&repository.account);
                let call = call.repository_name(&repository.name).subject_id(subject.clone());
                call.set_next_token(token.clone()).send()
            });
            let answer = answer.await?;
            found.extend(answer.referrers().iter().map(|one| Referrer {
                kind: one.artifact_type().unwrap_or(one.media_type()).to_owned(),
                annotations: one.annotations().into_iter().flatten().map(|(a, b)| (a.clone(), b.clone())).collect(),
            }));
            token = answer.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
            if token.is_none() {
                return Ok(found);
            }
        }
    }

    /// What managed signing says of an image, by profile.
    pub(crate) async fn signings(&self, repository: &Repository, digest: &str) -> Result<Vec<Signing>, CallError> {
        let image = ImageIdentifier::builder().image_digest(digest).build();
        let answer = self.send(Operation::DescribeImageSigningStatus, |sdk| {
            let call = sdk.describe_image_signing_status().registry_id(&repository.account);
            call.repository_name(&repository.name).image_id(image.clone()).send()
        });
        let answer = answer.await?;
        let signing = |one: &aws_sdk_ecr::types::ImageSigningStatus| Signing {
            profile: one.signing_profile_arn().unwrap_or_default().to_owned(),
            status: one.status().map_or("", |status| status.as_str()).to_owned(),
            reason: one.failure_reason().or(one.failure_code()).map(str::to_owned),
        };
        Ok(answer.signing_statuses().iter().map(signing).collect())
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
        new: &NewRepository<'_>,
    ) -> Result<(), CallError> {
        let (mutability, filters) = (new.mutability(), new.filters().map_err(CallError::Other)?);
        let scanning = ImageScanningConfiguration::builder().scan_on_push(new.is_scanned).build();
        let answer = self.send(Operation::CreateRepository, |sdk| {
            let call = sdk.create_repository().registry_id(&repository.account).repository_name(&repository.name);
            let call = call.set_image_tag_mutability_exclusion_filters(filters.clone());
            call.image_tag_mutability(mutability.clone()).image_scanning_configuration(scanning.clone()).send()
        });
        answer.await.map(drop)
    }

    /// The prefixes of the templates by which ECR makes repositories when they are pushed to. ECR shows those of the caller's
    /// own registry alone: of another there are none to be seen.
    pub(crate) async fn push_templates(&self, account: &str) -> Result<Vec<String>, CallError> {
        let (mut prefixes, mut token) = (Vec::new(), None);
        loop {
            let answer = self.send(Operation::DescribeRepositoryCreationTemplates, |sdk| {
                sdk.describe_repository_creation_templates().set_next_token(token.clone()).max_results(100).send()
            });
            let answer = answer.await?;
            if answer.registry_id().is_some_and(|registry| registry != account) {
                return Ok(Vec::new());
            }
            let templates = answer.repository_creation_templates().iter();
            let for_push = templates.filter(|one| one.applied_for().contains(&RctAppliedFor::CreateOnPush));
            prefixes.extend(for_push.filter_map(|one| one.prefix()).map(str::to_owned));
            token = answer.next_token().filter(|token| !token.is_empty()).map(str::to_owned);
            if token.is_none() {
                return Ok(prefixes);
            }
        }
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
